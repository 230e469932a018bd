// Requests to the service that served this page.
import { askForKey, authorization, key } from './key.js';

// Relative to the page, which a proxy may have put under another path.
export const address = (path) => new URL(path, document.baseURI);

// Why a request got no answer, as one sentence. `missing`: this service has no such endpoint.
export class Refusal extends Error {
  constructor(sentence, missing) {
    super(sentence);
    this.missing = missing;
  }
}

// A request that is sent again with another key for as long as it is refused for want of one.
export async function request(path, options = {}) {
  for (;;) {
    const sent = key();
    const response = await fetch(address(path), { ...options, cache: 'no-store', headers: { ...options.headers, ...authorization() } });
    if (response.status !== 401) return response;
    if (sent === key()) await askForKey((await refusalIn(response)).sentence);
  }
}

export async function getJson(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '' && value !== null && value !== undefined));
  return answer(path, await reach(path, () => request(query.size ? `${path}?${query}` : path, { headers: { Accept: 'application/json' } })));
}

export async function postJson(path, body) {
  const options = { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(body) };
  return answer(path, await reach(path, () => request(path, options)));
}

async function reach(path, send) {
  try {
    return await send();
  } catch (failure) {
    throw new Refusal(`The service does not answer (/${path}: ${failure.message}).`, false);
  }
}

async function answer(path, response) {
  if (response.ok) return response.json();
  const { sentence, unknownPath } = await refusalIn(response);
  throw new Refusal(sentence ?? `/${path} answered with status ${response.status}.`, unknownPath);
}

// Endpoints answer with a sentence; the server itself, such as for a path it does not know, with an object.
export async function refusalIn(response) {
  try {
    const { error } = await response.json();
    return typeof error === 'string' ? { sentence: error, unknownPath: false } : { sentence: error?.message, code: error?.code, unknownPath: error?.code === 'unknown_path' };
  } catch {
    return { sentence: null, unknownPath: response.status === 404 };
  }
}
