import {outcomesOf, type Rule} from '../outcome.js';

const {pass, fail, unknown, skip} = outcomesOf('cpu');
const SOURCE = 'tensorflow.org/install/pip: binaries use AVX instructions since 1.6';

/** Does the CPU have the instructions the framework was compiled with? */
export const cpu: Rule = ({host, image, question, cpu: architecture}) => {
  if (question.synthetic) return [skip('the CPU was not part of the question')];
  if (architecture !== null && architecture !== 'x64') return [skip('asked of x64 CPUs only')];
  if (!image.framework?.startsWith('tensorflow'))
    return [pass(`${image.framework ?? 'the image'} names no instruction set`)];
  const flags = host.resources.cpuFlags;
  if (!flags) return [unknown('the instruction sets of this CPU are not known', {fix: 'grep flags /proc/cpuinfo'})];
  return [
    flags.includes('avx')
      ? pass('TensorFlow needs AVX, this CPU has it', {source: SOURCE})
      : fail('TensorFlow needs AVX, which this CPU lacks', {
          source: SOURCE,
          fix: 'a build for older CPUs, or another machine',
        }),
  ];
};
