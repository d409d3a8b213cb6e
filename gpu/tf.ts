// The tensor library: the one door to tfjs-core. Named imports tree-shake, so a visitor loads only the ops in use.
// Its sibling doors are tf_webgpu.ts, tf_cpu.ts and tf_training.ts: one file for all would put both backends and the
// training gradients into every visitor's bundle (docs/decisions/0006_several_tf_doors.md).

export * from "@tensorflow/tfjs-core";
