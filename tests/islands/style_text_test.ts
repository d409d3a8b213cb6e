// Tests the words of the style page.

import { strict as assert } from "node:assert";
import { nameDownload } from "../../islands/_style_text.ts";

Deno.test("nameDownload joins the file's name and the film's, and never is empty", () => {
  assert.equal(nameDownload("holiday.photo.JPG", "Neon City!"), "holiday.photo-neon-city.png");
  assert.equal(nameDownload("été", "Кино"), "été-кино.png");
  assert.equal(nameDownload(".jpg", "???"), "picture-restyled.png");
});
