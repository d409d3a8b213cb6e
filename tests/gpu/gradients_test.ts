// Every function that training differentiates has true gradients, first and second order, on every device.

import { strict as assert } from "node:assert";
import "../../gpu/gradients.ts";
import * as blur from "../../gpu/blur.ts";
import * as conv from "../../gpu/conv.ts";
import * as norm from "../../gpu/norm.ts";
import * as pool from "../../gpu/pool.ts";
import * as resample from "../../gpu/resample.ts";
import * as tf from "../../gpu/tf.ts";
import * as adaptiveAugment from "../../models/adaptive_augment.ts";
import * as augment from "../../models/augment.ts";
import * as anyDiscriminator from "../../models/cyclegan/any_discriminator.ts";
import * as discriminator from "../../models/cyclegan/discriminator.ts";
import * as generator from "../../models/cyclegan/generator.ts";
import * as loss from "../../models/cyclegan/loss.ts";
import * as penalty from "../../models/penalty.ts";
import * as posterCondition from "../../models/poster/condition.ts";
import * as posterDiscriminator from "../../models/poster/discriminator.ts";
import * as posterEncoder from "../../models/poster/encoder.ts";
import * as posterGenerator from "../../models/poster/generator.ts";
import * as posterLoss from "../../models/poster/loss.ts";
import * as r3ganDiscriminator from "../../models/poster/r3gan/discriminator.ts";
import * as r3ganGenerator from "../../models/poster/r3gan/generator.ts";
import * as r3ganLoss from "../../models/poster/r3gan/loss.ts";
import * as r3ganResidual from "../../models/poster/r3gan/residual.ts";
import * as styleGan2Discriminator from "../../models/poster/stylegan2/discriminator.ts";
import * as styleGan2Equalised from "../../models/poster/stylegan2/equalised.ts";
import * as styleGan2Generator from "../../models/poster/stylegan2/generator.ts";
import * as styleGan2Mapping from "../../models/poster/stylegan2/mapping.ts";
import * as styleGan2Deviation from "../../models/poster/stylegan2/minibatch_deviation.ts";
import * as styleGan2Modulated from "../../models/poster/stylegan2/modulated_conv.ts";
import * as styleGan2Penalty from "../../models/poster/stylegan2/penalty.ts";
import * as posterTrunk from "../../models/poster/trunk.ts";
import * as head from "../../models/trunks/head.ts";
import * as resnet from "../../models/trunks/resnet.ts";
import * as trunk from "../../models/trunks/trunk.ts";
import * as vgg from "../../models/trunks/vgg.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
import { kernelsOfTraining } from "../models/cyclegan/_training_kernels.ts";
import { modelGradientCases } from "../models/_gradient_cases.ts";
import { posterGradientCases } from "../models/poster/_gradient_cases.ts";
import { kernelsOfPosterTraining } from "../models/poster/_training_kernels.ts";
import { r3ganGradientCases } from "../models/poster/r3gan/_gradient_cases.ts";
import { styleGan2GradientCases } from "../models/poster/stylegan2/_gradient_cases.ts";
import { trunkGradientCases } from "../models/trunks/_gradient_cases.ts";
import { checkCase, GRADIENT_TOLERANCE } from "./_differences.ts";
import { gpuGradientCases } from "./_gradient_cases.ts";
import { addKernels, type TapedKernels, unprovedKernels } from "./_tape.ts";

const cases = [
  ...gpuGradientCases(),
  ...modelGradientCases(),
  ...posterGradientCases(),
  ...trunkGradientCases(),
  ...r3ganGradientCases(),
  ...styleGan2GradientCases(),
];
const sanitize = { sanitizeOps: false, sanitizeResources: false };

forEachDevice("training differentiates only functions with true gradients", async (_, t) => {
  const proved: TapedKernels = new Map();
  for (const given of cases) {
    const fn = async () => {
      const { first, second = 0, kernels } = await checkCase(given);
      assert.ok(first <= GRADIENT_TOLERANCE, `The gradient is off by ${first}`);
      assert.ok(second <= GRADIENT_TOLERANCE, `The gradient's gradient is off by ${second}`);
      addKernels(proved, kernels);
    };
    await t.step({ ...sanitize, name: given.name, fn });
  }
  const fn = async () => {
    for (const used of [await kernelsOfTraining(), await kernelsOfPosterTraining()]) {
      const missing = unprovedKernels(used, proved);
      assert.deepEqual(missing, [], "Training differentiates kernels that no case above proves");
    }
  };
  await t.step({ ...sanitize, name: "a training step uses no other kernel", fn });
});

Deno.test("every layer, loss and augmentation has a gradient case", () => {
  const files = {
    "gpu/blur.ts": blur,
    "gpu/conv.ts": conv,
    "gpu/norm.ts": norm,
    "gpu/pool.ts": pool,
    "gpu/resample.ts": resample,
    "models/adaptive_augment.ts": adaptiveAugment,
    "models/augment.ts": augment,
    "models/cyclegan/any_discriminator.ts": anyDiscriminator,
    "models/cyclegan/discriminator.ts": discriminator,
    "models/cyclegan/generator.ts": generator,
    "models/cyclegan/loss.ts": loss,
    "models/penalty.ts": penalty,
    "models/poster/condition.ts": posterCondition,
    "models/poster/discriminator.ts": posterDiscriminator,
    "models/poster/encoder.ts": posterEncoder,
    "models/poster/generator.ts": posterGenerator,
    "models/poster/loss.ts": posterLoss,
    "models/poster/r3gan/discriminator.ts": r3ganDiscriminator,
    "models/poster/r3gan/generator.ts": r3ganGenerator,
    "models/poster/r3gan/loss.ts": r3ganLoss,
    "models/poster/r3gan/residual.ts": r3ganResidual,
    "models/poster/stylegan2/discriminator.ts": styleGan2Discriminator,
    "models/poster/stylegan2/equalised.ts": styleGan2Equalised,
    "models/poster/stylegan2/generator.ts": styleGan2Generator,
    "models/poster/stylegan2/mapping.ts": styleGan2Mapping,
    "models/poster/stylegan2/minibatch_deviation.ts": styleGan2Deviation,
    "models/poster/stylegan2/modulated_conv.ts": styleGan2Modulated,
    "models/poster/stylegan2/penalty.ts": styleGan2Penalty,
    "models/poster/trunk.ts": posterTrunk,
    // Of models/trunks/inception.ts, whose 94 layers are too many for differences, PyTorch's golden file proves both orders.
    "models/trunks/head.ts": head,
    "models/trunks/resnet.ts": resnet,
    "models/trunks/trunk.ts": trunk,
    "models/trunks/vgg.ts": vgg,
  };
  // What makes parameters, says how large they are, fixes a trained norm, takes fixed statistics, draws or counts takes no gradient.
  const isDifferentiable = (name: string) =>
    !/^(init|frozen|fold|fixed|is[A-Z]|draw|count|adapt$)|(Shapes|Channels)$/.test(name);
  const missing = Object.entries(files).flatMap(([file, module]) =>
    Object.entries(module)
      .filter(([name, value]) => typeof value === "function" && isDifferentiable(name))
      .map(([name]) => `${file} ${name}`)
      .filter((name) => !cases.some((given) => given.name.split(":")[0] === name))
  );
  assert.deepEqual(missing, []);
});

forEachDevice("gradients at a kink are PyTorch's", async () => {
  // Differences say nothing there. Zeros are common: padding, cut-out squares, dark pictures.
  const found = tf.tidy(() => {
    const zero = tf.scalar(0);
    const slopes = [tf.abs, tf.relu, (x: tf.Tensor) => tf.leakyRelu(x, 0.2)]
      .map((fn) => tf.grad(fn)(zero));
    return tf.stack(slopes);
  });
  assertClose(await found.data(), [0, 0, 0.2], { absolute: 1e-7 });
  found.dispose();
});
