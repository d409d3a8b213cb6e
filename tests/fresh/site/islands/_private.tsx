// A part of islands, no island: it would fail to be loaded as one.

throw new Error("Loaded as an island");
