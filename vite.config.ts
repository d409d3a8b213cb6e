// How Vite builds what runs at the visitor's.

import { defineConfig } from "vite";
import { fresh } from "./fresh/vite.ts";

export default defineConfig({ plugins: [fresh()] });
