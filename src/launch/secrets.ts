/** A file below the home folder that its owner alone may read. */
export interface SecretFile {
  path: string;
  text: string;
}

/** Below the home folder; not in the cache, which all projects share. */
export const HUGGING_FACE_TOKEN = '.huggingface-token';

/** Both names that huggingface_hub takes the token from; `HF_TOKEN_PATH` names a file in place of them (its constants.py). */
const TOKEN_NAMES = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'];

/**
 * The variables without the tokens among them: a container's variables are seen by everybody who may ask the engine, and
 * by every program inside. The token becomes a file.
 */
export function withoutSecrets(variables: readonly string[], home: string): {env: string[]; files: SecretFile[]} {
  const nameOf = (variable: string): string => variable.slice(0, variable.indexOf('='));
  const isToken = (variable: string): boolean => TOKEN_NAMES.includes(nameOf(variable));
  const token = variables.findLast(isToken);
  const env = variables.filter(variable => !isToken(variable));
  if (token === undefined) return {env, files: []};
  const text = token.slice(token.indexOf('=') + 1);
  return {
    env: [...env, `HF_TOKEN_PATH=${home}/${HUGGING_FACE_TOKEN}`],
    files: [{path: HUGGING_FACE_TOKEN, text}],
  };
}
