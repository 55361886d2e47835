import {Failure, isFailure} from '../failure.js';

/** Why a registry gave no answer. The codes are those of the known failures (docs/known-failures.md). */
export type TroubleCode =
  | 'manifest_unknown'
  | 'registry_auth'
  | 'registry_rate_limited'
  | 'registry_unreachable'
  | 'registry_tls'
  | 'registry_answer_invalid'
  | 'image_not_supported';

const FIXES: Record<TroubleCode, string> = {
  manifest_unknown: 'check the spelling, or take a tag that exists: gpudock match',
  registry_auth: 'docker login REGISTRY (nvcr.io: user $oauthtoken, password an NGC API key)',
  registry_rate_limited: 'wait, or log in: docker login raises the limit',
  registry_unreachable: 'check the network and the proxy, or ask the matrix alone: --offline',
  registry_tls: 'add the authority to this machine, or to /etc/docker/certs.d/REGISTRY/ca.crt',
  registry_answer_invalid: 'ask again; if it stays so, this is no registry or one that is broken',
  image_not_supported: 'pull it and look: this kind of manifest tells too little',
};

export const trouble = (code: TroubleCode, message: string, cause: string | null = null): Failure =>
  new Failure({code, message, cause, fix: FIXES[code]});

/** The code of a registry's trouble; null for any other error, which is none of the registry's. */
export const troubleCode = (error: unknown): TroubleCode | null =>
  isFailure(error) && error.code in FIXES ? (error.code as TroubleCode) : null;
