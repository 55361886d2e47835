import {execFile} from 'node:child_process';
import {rm} from 'node:fs/promises';
import {promisify} from 'node:util';
import {makeProject} from './gpudock.js';
import type {Lab} from './place.js';

/** Speaks the interface of each model server, as far as starting one needs it; the model is a folder it can read. */
const SERVER = `import http.server, os, sys
port, first = int(sys.argv[1]), sys.argv[2:]
if os.environ.get('CRASH'): sys.exit('RuntimeError: CUDA error: out of memory')
class Handler(http.server.BaseHTTPRequestHandler):
  asked = 0
  def answer(self):
    Handler.asked += 1
    model = os.environ.get('MODEL_NAME', 'none')
    ready = Handler.asked > 3
    paths = {f'/v1/models/{model}': 'AVAILABLE' if ready else 'LOADING', f'/v1/models/{model}/metadata': str(os.listdir('/models/' + model)) if os.path.isdir('/models/' + model) else '', '/v2/health/ready': '', '/v2/repository/index': '[]', '/ping': 'Healthy', '/health': '', '/v1/models': ' '.join(first)}
    known = self.path in paths and (ready or 'v1/models/' in self.path)
    self.send_response(200 if known else 503); self.end_headers()
    self.wfile.write(paths.get(self.path, '').encode())
  do_GET = do_POST = answer
  def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', port), Handler).serve_forever()
`;
const DOCKERFILE = `FROM python:3.12-slim
COPY server.py /server.py
RUN for named in tensorflow_model_server:8501 tritonserver:8000 torchserve:8080 vllm:8000; do \\
  printf '#!/bin/sh\\nexec python3 /server.py %s "$@"\\n' "\${named#*:}" > /usr/bin/\${named%:*} && chmod 755 /usr/bin/\${named%:*}; done
ENTRYPOINT ["tensorflow_model_server"]
`;

/** Builds the stand-in for every model server, as `image`. */
export async function buildModelServer(lab: Lab, image: string): Promise<void> {
  const context = await makeProject({'server.py': SERVER, Dockerfile: DOCKERFILE});
  const env = {...process.env, DOCKER_HOST: lab.host, BUILDX_BUILDER: 'default'};
  await promisify(execFile)(lab.buildx, ['build', `--tag=${image}`, context], {env});
  await rm(context, {recursive: true});
}
