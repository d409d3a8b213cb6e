// What a visitor chooses of a print: paper, file, resolution, bleed, words.

import { type Paper, PAPERS, RESOLUTIONS } from "./_poster_paper.ts";
import type { PrintFormat } from "./_poster_print_protocol.ts";

/** What the visitor chooses. */
export interface PrintChoice {
  paper: Paper;
  format: PrintFormat;
  dpi: number;
  withBleed: boolean;
  isPictureAlone: boolean;
}

/** The fields, and what changes them. */
export interface PrintFieldsProps {
  choice: PrintChoice;
  onChoose: (change: Partial<PrintChoice>) => void;
}

/** All fields. */
export function PrintFields({ choice, onChoose }: PrintFieldsProps) {
  return (
    <>
      <div class="poster-pair">
        <div class="field">
          <label for="print-paper">Paper</label>
          <select
            id="print-paper"
            class="input"
            value={choice.paper.id}
            onChange={({ currentTarget }) =>
              onChoose({ paper: PAPERS[currentTarget.selectedIndex] })}
          >
            {PAPERS.map(({ id, label }) => <option key={id} value={id}>{label}</option>)}
          </select>
        </div>
        <div class="field">
          <label for="print-format">File</label>
          <select
            id="print-format"
            class="input"
            value={choice.format}
            onChange={({ currentTarget }) =>
              onChoose({ format: currentTarget.selectedIndex === 0 ? "pdf" : "png" })}
          >
            <option value="pdf">PDF, letters as curves</option>
            <option value="png">PNG, all in pixels</option>
          </select>
        </div>
        <div class="field">
          <label for="print-dpi">Dots per inch</label>
          <select
            id="print-dpi"
            class="input"
            value={String(choice.dpi)}
            onChange={({ currentTarget }) =>
              onChoose({ dpi: RESOLUTIONS[currentTarget.selectedIndex] })}
          >
            {RESOLUTIONS.map((dpi) => <option key={dpi} value={String(dpi)}>{dpi}</option>)}
          </select>
        </div>
      </div>
      <div class="poster-print__checks">
        <label class="poster-check">
          <input
            type="checkbox"
            checked={choice.withBleed}
            onChange={({ currentTarget }) => onChoose({ withBleed: currentTarget.checked })}
          />
          3 mm bleed and crop marks
        </label>
        <label class="poster-check">
          <input
            type="checkbox"
            checked={choice.isPictureAlone}
            onChange={({ currentTarget }) => onChoose({ isPictureAlone: currentTarget.checked })}
          />
          Picture alone, without words
        </label>
      </div>
    </>
  );
}
