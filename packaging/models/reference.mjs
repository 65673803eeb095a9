// Runs one published network in its own runtime.
//   node reference.mjs PACKAGE_FOLDER CARD.json INPUT.f32 OUTPUT_STEM
// INPUT.f32: little-endian floats, RGB 0..255 NHWC, card.input.shape. Writes OUTPUT_STEM.K.f32 for the card's output K.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder, cardPath, inputPath, stem] = process.argv.slice(2);
const card = JSON.parse(fs.readFileSync(cardPath, 'utf8'));
const floats = (file) => {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const pixels = floats(inputPath);
const write = async (tensors) => {
  for (const [index, tensor] of tensors.entries()) {
    fs.writeFileSync(`${stem}.${index}.f32`, Buffer.from((await tensor.data()).buffer));
  }
};

/** The graph models: prepare the picture as the card says, run, pick the card's outputs. */
async function graphModel() {
  const tf = await import('@tensorflow/tfjs');
  await tf.setBackend('cpu');
  const file = path.join(folder, card.source.file);
  const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts(file)));
  let input = tf.tensor4d(pixels, card.input.shape);
  if (card.input.grey) input = input.mul(tf.tensor1d(card.input.grey)).sum(3, true);
  input = input.mul(card.input.scale).add(card.input.offset);
  if (model.inputs[0].dtype === 'int32') input = input.toInt();
  const outputs = model.execute(input, card.output.map((output) => output.node));
  await write(Array.isArray(outputs) ? outputs : [outputs]);
}

function artifacts(file) {
  const document = JSON.parse(fs.readFileSync(file, 'utf8'));
  const bytes = Buffer.concat(document.weightsManifest.flatMap((group) => group.paths)
    .map((part) => fs.readFileSync(path.join(path.dirname(file), part))));
  return {
    modelTopology: document.modelTopology,
    signature: document.signature,
    userDefinedMetadata: document.userDefinedMetadata,
    format: 'graph-model',
    weightSpecs: document.weightsManifest.flatMap((group) => group.weights),
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  };
}

/** face-api runs its own code on the same tfjs. */
async function faceApi() {
  const require = createRequire(import.meta.url);
  const faceapi = require(path.join(folder, 'dist', 'face-api.node-wasm.js'));
  const tf = faceapi.tf;
  await tf.setBackend('cpu');
  await tf.ready();
  const file = path.join(folder, card.source.file);
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
  const bytes = Buffer.concat(manifest.flatMap((group) => group.paths)
    .map((part) => fs.readFileSync(path.join(path.dirname(file), part))));
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const net = new faceapi.FaceExpressionNet();
  net.loadFromWeightMap(tf.io.decodeWeights(data, manifest.flatMap((group) => group.weights)));
  const input = await faceapi.toNetInput(tf.tensor4d(pixels, card.input.shape));
  await write([net.runNet(input)]);
}

await (card.source.package.endsWith('face-api') ? faceApi() : graphModel());
