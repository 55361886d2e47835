import {expect, test} from '@jest/globals';
import {findApplication} from '../../../src/environment/application.js';

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
