import type {Application} from '../environment/application.js';
import {Failure} from '../failure.js';

/** What an image is for: JupyterLab · a web application · a command · work on the project, with compilers. */
export const TARGETS = ['notebook', 'serve', 'job', 'dev'] as const;
export type Target = (typeof TARGETS)[number];

/** What a target adds to the project's packages, and how it starts. */
export interface TargetFacts {
  /** What the image is, in words. */
  title: string;
  /** PyPI packages that it needs beside the project's. */
  packages: readonly string[];
  /** Whether the project itself is in the image; else it is mounted. */
  source: boolean;
  /** Whether compilers are in the image. */
  compilers: boolean;
  port: number | null;
  start: readonly string[];
}

/** The port of every web application. */
export const APP_PORT = 8000;

/** What starts JupyterLab: through the environment's own python, so that kernels see its packages. */
const JUPYTERLAB = [
  ...['python', '-m', 'jupyterlab', '--ip=0.0.0.0', '--port=8888', '--no-browser'],
  '--ServerApp.root_dir=/workspace',
];

/** `application`: the web application that was found in the project. Throws `app_not_found`. */
export function targetFacts(target: Target, application: Application | null): TargetFacts {
  const plain = {packages: [], source: false, compilers: false, port: null};
  switch (target) {
    case 'notebook':
      return {...plain, title: 'a JupyterLab', packages: ['jupyterlab'], port: 8888, start: JUPYTERLAB};
    case 'serve':
      if (application === null) throw noApplication();
      return {
        ...plain,
        title: `the web application ${application.target}`,
        source: true,
        port: APP_PORT,
        ...served(application),
      };
    case 'job':
      return {...plain, title: 'a job', source: true, start: ['python']};
    case 'dev':
      return {...plain, title: 'a place to develop in', compilers: true, start: ['bash']};
  }
}

/** The servers' own documentation says that neither Flask's nor Django's built-in server is for production. */
function served({server, target}: Application): Pick<TargetFacts, 'packages' | 'start'> {
  const python = ['python', '-m', server, target];
  return server === 'uvicorn'
    ? {packages: ['uvicorn'], start: [...python, '--host', '0.0.0.0', '--port', String(APP_PORT)]}
    : {packages: ['gunicorn'], start: [...python, '--bind', `0.0.0.0:${APP_PORT}`]};
}

const noApplication = (): Failure =>
  new Failure({
    code: 'app_not_found',
    message: 'the project holds no web application that could be served',
    cause:
      'no app.py, main.py, wsgi.py, asgi.py or server.py makes a FastAPI, Starlette, Quart, Flask or Django application',
    fix: 'write app = FastAPI() or app = Flask(__name__) in main.py, or build another target: gpudock build --target job',
  });
