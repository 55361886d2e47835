import {rm} from 'node:fs/promises';
import {afterAll, expect, test} from '@jest/globals';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab} from '../lab/gpudock.js';

let folder = '';
const filters = () => ({label: [`gpudock.project=${folder}`]});

afterAll(async () => {
  const lab = await readLab();
  await gpudock(lab, ['rm', '--force', folder]);
  const {docker} = await connect({env: {DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  for (const {Id} of await docker.listImages({filters: filters()})) await docker.getImage(Id).remove({force: true});
  await rm(folder, {recursive: true, force: true});
}, 60_000);

// The discard port: nobody listens there.
const env = {PIP_INDEX_URL: 'http://127.0.0.1:9/simple'};

test("where no package index answers, the distribution's own JupyterLab is taken, with a line that says so", async () => {
  const lab = await readLab();
  // A file of its own: what an earlier build left in the cache would ask no index.
  folder = await makeProject({'requirements.txt': `# ${Date.now()}\nnumpy\n`});
  const run = ended(await gpudock(lab, ['notebook', folder, '--no-open'], {env}));
  expect(run.stderr).toMatch(/the package index does not answer: trying the distribution's own packages/);
  const page = await fetch(run.stdout.trim());
  expect([page.status, await page.text()]).toEqual([200, expect.stringMatching(/<title>JupyterLab<\/title>/)]);
}, 600_000);

test.each([
  ['another version than the distribution has', 'numpy<1\npandas', 'distribution_version', /numpy<1 \(it has [2-9]\./],
  ['what lies elsewhere', 'ours @ https://127.0.0.1:9/ours-1-py3-none-any.whl', 'index_unreachable', /./],
])(
  '%s: nothing is taken in its place',
  async (_, requirements, code, message) => {
    const lab = await readLab();
    const other = await makeProject({'requirements.txt': `# ${Date.now()}\n${requirements}\n`});
    try {
      const args = ['build', other, '--gpus', 'none', '--target', 'job', '--json'];
      const {exit, stdout} = await gpudock(lab, args, {env});
      expect([exit, JSON.parse(stdout).error]).toEqual([
        1,
        expect.objectContaining({code, message: expect.stringMatching(message)}),
      ]);
    } finally {
      await rm(other, {recursive: true, force: true});
    }
  },
  300_000,
);
