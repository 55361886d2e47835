// What the bundle holds of other people: dist/sbom.json (CycloneDX 1.6) and dist/licenses.txt, whose texts their
// licences ask for.
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** Folders in node_modules of the packages that these files are of. */
const foldersOf = inputs => {
  const folders = inputs.flatMap(path => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort();
};

function packageIn(folder, lock) {
  const {name, version, license, licenses, author} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? null : readFileSync(join(folder, file), 'utf8').trim();
  // `licenses` is how npm had it before 2014.
  return {
    name,
    version,
    license: license ?? licenses?.[0]?.type,
    author: author?.name ?? author,
    text,
    integrity: lock.packages[folder]?.integrity,
  };
}

const component = ({name, version, license, integrity}) => ({
  type: 'library',
  name,
  version,
  purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
  licenses: [/ OR | AND |\(/.test(license) ? {expression: license} : {license: {id: license}}],
  ...(integrity?.startsWith('sha512-')
    ? {hashes: [{alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')}]}
    : {}),
});

const section = ({name, version, license, author, text}) =>
  [`${name} ${version} (${license})`, '', text ?? `Licensed under ${license}${author ? ` by ${author}` : ''}.`].join(
    '\n',
  );

/** `inputs`: the files that the bundles were made from. Throws where a package states no licence: it may not be handed on. */
export function writeInventory(inputs) {
  const lock = existsSync('package-lock.json') ? JSON.parse(readFileSync('package-lock.json', 'utf8')) : {packages: {}};
  const packages = foldersOf(inputs).map(folder => packageIn(folder, lock));
  for (const {name, license} of packages)
    if (typeof license !== 'string') throw new Error(`${name} states no licence: it may not be in the bundle`);
  const {name, version, license} = JSON.parse(readFileSync('package.json', 'utf8'));
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {component: {type: 'application', name, version, licenses: [{license: {id: license}}]}},
    components: packages.map(component),
  };
  writeFileSync('dist/sbom.json', `${JSON.stringify(sbom, null, 1)}\n`);
  writeFileSync('dist/licenses.txt', `${packages.map(section).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
