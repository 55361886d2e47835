import {describe, expect, test} from '@jest/globals';
import type {Gpu, Host} from '../../../src/contract/host.js';
import type {Project} from '../../../src/environment/project.js';
import type {Settings} from '../../../src/environment/settings.js';
import {type Asker, askAll} from '../../../src/wizard/ask.js';
import type {Answers, Known, Question} from '../../../src/wizard/question.js';

const GPU = {index: 0, uuid: 'GPU-0', name: 'NVIDIA A10', state: 'ok'} as Gpu;
const OWN_IMAGE = 'registry.example/ours:1';

const known = (settings: Settings): Known => ({
  project: {settings, requirements: [], python: null} as unknown as Project,
  host: Promise.resolve({gpus: [GPU]} as Host),
  dataProblem: async () => null,
  images: async () => ({candidates: [], unlock: []}),
});

/** Every way through the questions: each choice of each, the default of what is typed. */
async function ways(settings: Settings, given: Answers, chosen: string[] = []): Promise<string[][]> {
  const asked: Question[] = [];
  const ask: Asker = async question => {
    asked.push(question);
    return {answer: chosen[asked.length - 1] ?? question.default};
  };
  await askAll(known(settings), given, ask, async () => {});
  const open = asked[chosen.length];
  if (open === undefined) return [asked.map(({key}) => key)];
  const answers = (open.choices ?? [{value: open.default}]).map(({value}) => value);
  return (await Promise.all(answers.map(answer => ways(settings, given, [...chosen, answer])))).flat();
}

describe('there are seven questions at most', () => {
  test.each<[string, Settings]>([
    ['a new project', {}],
    ['one whose image is automatic', {base: 'auto', framework: 'pytorch'}],
    ['one with an image of its own', {base: OWN_IMAGE}],
    ['one with an image and without a framework', {base: OWN_IMAGE, framework: 'none', python: '3.12'}],
  ])('%s', async (_, settings) => {
    const all = await ways(settings, {});
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter(({length}) => length > 7)).toEqual([]);
  });

  test('Python is one of them where no image decides it', async () => {
    expect(await ways({base: 'auto'}, {framework: 'none', gpus: 'all'})).toContainEqual([
      'python',
      'packages',
      'data',
      'port',
      'next',
    ]);
  });
});
