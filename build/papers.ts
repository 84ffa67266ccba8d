import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Revision } from './revision.ts';
import { licenseText, type Shipped, shippedNode, shippedPackages } from './shipped.ts';

const root = resolve(import.meta.dirname, '..');

/** Every processor whose Node comes from a package with the same texts. */
const ANY_ARCH = process.arch;

/** What is in the executable, for scanners: CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). */
export function renderBom({ commit, seconds }: Revision): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { name, version, license, dependencies } = manifest;
  const packages = shippedPackages();
  const node = shippedNode(ANY_ARCH);
  const own = `pkg:npm/${name}@${version}`;
  const refs = new Map(packages.map((each) => [each.name, purlOf(each)]));
  const refsOf = (names: readonly string[]) => names.map((each) => refs.get(each)).sort();
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': own,
        name,
        version,
        licenses: [{ license: { id: license } }],
        purl: own,
        properties: [{ name: 'commit', value: commit ?? 'unknown' }],
      },
    },
    components: [nodeComponent(node), ...packages.map(packageComponent)],
    dependencies: [
      { ref: own, dependsOn: [NODE_REF, ...refsOf(Object.keys(dependencies))] },
      { ref: NODE_REF, dependsOn: [] },
      ...packages.map((each) => ({ ref: purlOf(each), dependsOn: refsOf(each.needs) })),
    ],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

const NODE_REF = 'node';

function nodeComponent({ version }: Shipped) {
  return {
    type: 'platform',
    'bom-ref': NODE_REF,
    name: 'node',
    version,
    licenses: [{ license: { id: 'MIT' } }],
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    purl: `pkg:generic/node@${version}`,
  };
}

function packageComponent(shipped: Shipped) {
  const { name, version, license, integrity } = shipped;
  const [, base64 = ''] = integrity.split('sha512-');
  return {
    type: 'library',
    'bom-ref': purlOf(shipped),
    name,
    version,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }],
    licenses: [{ license: { id: license } }],
    purl: purlOf(shipped),
  };
}

function purlOf({ name, version }: Shipped): string {
  return `pkg:npm/${name}@${version}`;
}

/** The licence of everything in the executable that is not lb's own. */
export function renderLicenses(): string {
  const node = shippedNode(ANY_ARCH);
  const parts = [...shippedPackages(), node].map((shipped) => {
    const { name, version, license } = shipped;
    const title =
      shipped === node ? `Node.js ${version} (MIT and others)` : `${name} ${version} (${license})`;
    return `${title}\n${'='.repeat(title.length)}\n\n${licenseText(name)}\n`;
  });
  return `What lb is made of besides its own code, with the licence of each.\n\n${parts.join('\n\n')}`;
}
