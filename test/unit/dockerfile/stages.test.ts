import {expect, test} from '@jest/globals';
import {stagesOf, standingAlone} from '../../../src/dockerfile/stages.js';

const DOCKERFILE = `# a notebook
FROM scratch AS lists
COPY a.txt /resolved/

# what compiles
FROM python:3.12-slim AS builder
RUN --mount=type=bind,from=lists,source=/resolved,target=/build \\
    --mount=type=bind,from=other,source=/x,target=/y \\
    --mount=type=cache,target=/root/.cache \\
    echo --from=lists, from=lists
ENV FROM=builder

FROM python:3.12-slim
COPY --from=builder /opt/venv /opt/venv
COPY --from=docker.io/some/image:1 /bin/x /bin/x
LABEL x="COPY --from=builder"
`;

test('a Dockerfile is parted where its stages begin, and loses nothing but its head', () => {
  const stages = stagesOf(DOCKERFILE);
  expect(stages.map(({name}) => name)).toEqual(['lists', 'builder', '']);
  expect(`# a notebook\n${stages.map(({text}) => text).join('')}`).toBe(DOCKERFILE);
});

test('a stage that stands alone names images, and only where it named stages', () => {
  const images = new Map([
    ['lists', '1'.repeat(64)],
    ['builder', '2'.repeat(64)],
  ]);
  const [, builder, last] = stagesOf(DOCKERFILE).map(stage => standingAlone(stage, images));
  expect(builder).toBe(stagesOf(DOCKERFILE)[1]?.text.replace('bind,from=lists,', `bind,from=${'1'.repeat(64)},`));
  expect(last).toBe(
    stagesOf(DOCKERFILE)[2]?.text.replace('COPY --from=builder /opt', `COPY --from=${'2'.repeat(64)} /opt`),
  );
});
