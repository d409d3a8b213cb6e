// The door for commands that go through a folder's picture files themselves: the same files, in the same order, as training sees.

export { type PictureFile, type Scan, scanFolder } from "./_scan.ts";
