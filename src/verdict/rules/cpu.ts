import {outcomesOf, type Rule} from '../outcome.js';

const {pass, fail, unknown, skip} = outcomesOf('cpu');
const SOURCE = 'tensorflow.org/install/pip: binaries use AVX instructions since 1.6';

/** Does the CPU have the instructions the framework was compiled with? */
export const cpu: Rule = ({host, image, question, cpu: architecture}) => {
  if (question.synthetic) return [skip('the CPU was not part of the question')];
  if (architecture !== null && architecture !== 'x64') return [skip('asked of x64 CPUs only')];
  if (image.framework !== null && !image.framework.startsWith('tensorflow'))
    return [pass(`${image.framework} names no instruction set`)];
  const flags = host.resources.cpuFlags;
  if (!flags) return [unknown('the instruction sets of this CPU are not known', {fix: 'grep flags /proc/cpuinfo'})];
  if (image.framework === null) {
    return [flags.includes('avx') ? pass('this CPU has AVX') : unknown('whether the image needs AVX is not known')];
  }
  if (flags.includes('avx')) return [pass('TensorFlow needs AVX, this CPU has it', {source: SOURCE})];
  const fix = 'a build for older CPUs, or another machine';
  return [fail('TensorFlow needs AVX, which this CPU lacks', {source: SOURCE, fix})];
};
