import {expect, test} from '@jest/globals';
import {findApplication, namedApplication} from '../../../src/environment/application.js';

test.each([
  ['main.py', 'from fastapi import FastAPI\napp = FastAPI(title="x")\n', {server: 'uvicorn', target: 'main:app'}],
  ['main.py', 'import fastapi\napi: fastapi.FastAPI = fastapi.FastAPI()\n', {server: 'uvicorn', target: 'main:api'}],
  ['app.py', 'app = Flask(__name__)\n', {server: 'gunicorn', target: 'app:app'}],
  ['app/main.py', 'app = Starlette()\n', {server: 'uvicorn', target: 'app.main:app'}],
  ['app/__init__.py', 'app = flask.Flask(__name__)\n', {server: 'gunicorn', target: 'app:app'}],
  ['wsgi.py', 'application = get_wsgi_application()\n', {server: 'gunicorn', target: 'wsgi:application'}],
  ['main.py', 'print("app = Flask(")\n', null],
  ['main.py', 'def make():\n    app = Flask(__name__)\n', null],
  ['elsewhere.py', 'app = Flask(__name__)\n', null],
])('%s: %j', (path, text, found) => {
  expect(findApplication(new Map([[path, text]]))).toEqual(found);
});

test.each([
  ['main:app', ['fastapi', 'uvicorn'], null, 'uvicorn'],
  ['main:app', ['flask', 'gunicorn'], null, 'gunicorn'],
  ['main:app', ['flask'], {server: 'gunicorn', target: 'main:app'} as const, 'gunicorn'],
  ['main:app', ['uvicorn'], {server: 'gunicorn', target: 'main:app'} as const, 'uvicorn'],
  ['main:app', ['flask'], {server: 'gunicorn', target: 'other:app'} as const, null],
  ['main', ['uvicorn'], null, null],
  ['main:app --reload', ['uvicorn'], null, null],
])('the application %j of a project with %j is served by %s', (target, names, found, server) => {
  const requirements = names.map(name => ({name}));
  expect(namedApplication(target, requirements, found)).toEqual(server === null ? null : {server, target});
});
