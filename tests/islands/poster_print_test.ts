// Tests printing in Chromium: files that other programs read, with the poster in them; progress, cancelling, and what cannot be printed.

import { strict as assert } from "node:assert";
import { inflateSync } from "node:zlib";
import sharp from "sharp";
import { flipPicture, type Picture } from "../../gpu/picture.ts";
import { PAPERS, partOn, sheetOf } from "../../islands/_poster_paper.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { exportPosters } from "../models/_exported_poster.ts";
import { readPdf, unfilter } from "./_pdf.ts";
import { watchPolicy } from "./_policy.ts";
import { openPosters, readPoster, servePosters } from "./_poster_page.ts";
import { openTool, printPoster } from "./_poster_tools.ts";

const browser = await browserGate();
const model = await exportPosters();
const LINK = "model=tiny-posters&genres=horror:1&seed=12&truncation=0.9&engine=cpu";
const WORDS = "&title=Ёлка+Żuk&tagline=no&credits=one%0Atwo";

/** How far an enlarged picture is from the part of the poster that it shows, on average over the poster's pixels. */
function distance(
  poster: Picture,
  enlarged: { width: number; height: number; rgb: Uint8Array },
): number {
  const { bleed } = sheetOf(PAPERS[0], true);
  const part = partOn(bleed, bleed, poster);
  let sum = 0, count = 0;
  for (let y = Math.ceil(part.top); y < part.bottom - 1; y++) {
    for (let x = Math.ceil(part.left); x < part.right - 1; x++) {
      const at = (share: number, side: number) => Math.floor(share * side);
      const px = at((x + 0.5 - part.left) / (part.right - part.left), enlarged.width);
      const py = at((y + 0.5 - part.top) / (part.bottom - part.top), enlarged.height);
      for (let c = 0; c < 3; c++) {
        const found = enlarged.rgb[3 * (py * enlarged.width + px) + c];
        sum += Math.abs(found - poster.data[4 * (y * poster.width + x) + c]);
        count += 1;
      }
    }
  }
  return sum / count;
}

gatedTest(
  browser,
  "PosterPrint makes a PDF: the picture in pixels, the words in curves, boxes for the press",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      const findBroken = await watchPolicy(page);
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK + WORDS);
      const { name, path } = await printPoster(page, {});
      assert.equal(name, "ёлка-żuk-a4-150dpi.pdf");
      const file = readPdf(await Deno.readFile(path));
      const mm = (box: string) => file.box(box).map((point) => Math.round(point * 25.4 / 7.2) / 10);
      assert.deepEqual(mm("MediaBox"), [0, 0, 230, 317]);
      assert.deepEqual(mm("BleedBox"), [7, 7, 223, 310]);
      assert.deepEqual(mm("TrimBox"), [10, 10, 220, 307]);
      assert.ok(file.content.split(" c\n").length > 100, "Words are curves");
      assert.equal(file.content.match(/ sc /g)?.length, 2, "Two blocks of words");
      const words = file.content.match(/ c$/gm)?.length;
      const { width, height, rgb } = pictureOf(file);
      assert.deepEqual([width, height], [1276, 1789]);
      const alone = await printPoster(page, { alone: true });
      assert.equal(alone.name, "ёлка-żuk-picture-a4-150dpi.pdf");
      const bare = readPdf(await Deno.readFile(alone.path));
      assert.ok(!bare.content.match(/ c$/m) && words, "Without words, without curves");
      const picture = pictureOf(bare);
      const poster = await readPoster(page), near = distance(poster, picture);
      // These posters are noise, of which the enlarged picture keeps the coarse part; mirrored, it has nothing of them.
      const far = distance(flipPicture(poster), picture);
      assert.ok(near < far / 1.5, `The picture is another one: ${near}, and ${far} if mirrored`);
      assert.notDeepEqual(picture.rgb, rgb, "No veil or shadow behind the words");
      assert.deepEqual(await findBroken(), [], "Fonts, workers and files keep the policy");
    });
  },
);

gatedTest(
  browser,
  "PosterPrint makes a PNG with its resolution, white around the bleed, and crop marks",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK + WORDS);
      const read = async ({ path }: { path: string }) => {
        const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
        return { ...info, data, density: (await sharp(path).metadata()).density };
      };
      const marked = await read(await printPoster(page, { format: "png" }));
      assert.deepEqual([marked.width, marked.height, marked.channels], [1358, 1872, 3]);
      assert.equal(marked.density, 150);
      const at = (x: number, y: number) => marked.data[3 * (y * marked.width + x)];
      const pixels = (mm: number) => Math.round(mm * 150 / 25.4);
      assert.equal(at(3, 3), 255);
      // A mark is thinner than a pixel here: dark on one side or the other of where it is.
      const onMark = [-1, 0].map((d) => at(pixels(10) + d, pixels(4)));
      assert.ok(Math.min(...onMark) < 200, `No crop mark: ${onMark}`);
      const alone = await read(await printPoster(page, { format: "png", alone: true }));
      assert.notDeepEqual(alone.data, marked.data, "No words");
      const whites = (data: Uint8Array) => data.filter((value) => value > 250).length;
      const cut = await read(await printPoster(page, { format: "png", bleed: false }));
      assert.deepEqual([cut.width, cut.height], [1240, 1754]);
      assert.ok(whites(cut.data) < whites(marked.data) / 2);
    });
  },
);

gatedTest(
  browser,
  "PosterPrint can be cancelled, and says which letters it does not have",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK + WORDS);
      let files = 0;
      page.on("download", () => files++);
      const tool = await openTool(page, "Print");
      await tool.getByLabel("Paper").selectOption("one-sheet");
      await tool.getByLabel("Dots per inch").selectOption("300");
      await tool.locator("[aria-disabled=false]").waitFor();
      await tool.getByRole("button", { name: "Make the file" }).click();
      await tool.getByRole("progressbar", { name: "Making the file" }).waitFor();
      await tool.getByRole("button", { name: "Cancel" }).click();
      await tool.getByRole("progressbar").waitFor({ state: "detached" });
      await page.fill("#poster-title", "你好");
      await tool.locator("text", { hasText: "你好" }).waitFor();
      await tool.getByRole("button", { name: "Make the file" }).click();
      await tool.getByText(/the lettering .* has no 你 好\. Choose other words/).waitFor();
      assert.equal(files, 0);
      await printPoster(page, { alone: true });
    });
  },
);

function pictureOf(
  { page, object }: ReturnType<typeof readPdf>,
): { width: number; height: number; rgb: Uint8Array } {
  const { text, stream } = object(Number(page.match(/\/Picture (\d+)/)?.[1]));
  const [width, height] = ["Width", "Height"].map((side) =>
    Number(text.match(new RegExp(`/${side} (\\d+)`))?.[1])
  );
  assert.ok(stream);
  return { width, height, rgb: unfilter(inflateSync(stream), width, height) };
}
