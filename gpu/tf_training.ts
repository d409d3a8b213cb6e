// Registers the gradients of tfjs-core, by the side effect of importing the whole of tfjs: core has none of its own under
// Deno, and the module that holds them cannot be imported there. For training only: it never reaches a visitor.

import "@tensorflow/tfjs";
