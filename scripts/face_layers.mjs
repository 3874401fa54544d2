// Render the layers of DiceBear's "adventurer" (Lisa Wischofsky, CC-BY 4.0) to PNG files that `pentimento train` composes faces of.
//   npm i @dicebear/core@9 @dicebear/collection@9 @resvg/resvg-js && node face_layers.mjs OUT_DIR [SIZE]
// A folder for each layer, named for its place; colours of skin and hair are files of their own, and a layer that most faces lack
// has as many empty files as the package's own probability asks for.
import { Resvg } from '@resvg/resvg-js';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [out = 'face-layers', size = '256'] = process.argv.slice(2);
const library = join(process.cwd(), 'node_modules', '@dicebear', 'adventurer', 'lib');
const load = (file) => import(pathToFileURL(join(library, file)));
const components = await load('components/index.js');
const { schema } = await load('schema.js');

const LAYERS = ['base', 'eyes', 'eyebrows', 'mouth', 'features', 'glasses', 'hair', 'earrings'];
const COLORS = { base: 'skin', hair: 'hair' };

const picture = (body) => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 762 762" fill="none">${body}</svg>`;
  return new Resvg(svg, { fitTo: { mode: 'width', value: Number(size) } }).render().asPng();
};

LAYERS.forEach((layer, place) => {
  const number = String(place).padStart(2, '0');
  const folder = join(out, `0${number}#${number}${layer}`);
  mkdirSync(folder, { recursive: true });
  const [open, close] = layer === 'base' ? ['', ''] : ['<g transform="translate(-161 -83)">', '</g>'];
  const color = COLORS[layer];
  const colors = color ? schema.properties[`${color}Color`].default : [''];
  let count = 0;
  for (const [variant, draw] of Object.entries(components[layer])) {
    for (const code of colors) {
      const name = code ? `${variant}-${code}` : variant;
      writeFileSync(join(folder, `${name}.png`), picture(open + draw({}, { [color]: `#${code}` }) + close));
      count += 1;
    }
  }
  const share = (schema.properties[`${layer}Probability`]?.default ?? 100) / 100;
  const empty = Math.round(count / share) - count;
  for (let i = 0; i < empty; i++) writeFileSync(join(folder, `none-${String(i).padStart(3, '0')}.png`), picture(''));
});
