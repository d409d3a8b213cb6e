// The names of the big networks that can stand in a discriminator.

/** Networks as torchvision has them: VGG (configurations D and E), ResNet with basic blocks, Inception v3. */
export const TRUNK_NETS = ["vgg16", "vgg19", "resnet18", "resnet34", "inception"] as const;

/** One of them. */
export type TrunkNet = typeof TRUNK_NETS[number];
