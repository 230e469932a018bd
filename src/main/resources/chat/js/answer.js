// One answer of the model, as it comes.
import { events } from '../../dashboard/js/events.js';
import { refusalIn, request } from '../../dashboard/js/service.js';

// Why there is no answer, or no more of it. `code` is the service's; `wait` in seconds, if it asked for one.
export class Failure extends Error {
  constructor(sentence, code = null, wait = null) {
    super(sentence);
    this.code = code;
    this.wait = wait;
  }
}

// Yields { placement } when the answer begins, then { text, reason, placement, usage } as they come.
export async function* answer(path, body, signal) {
  const response = await reach(path, {
    method: 'POST',
    signal,
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
  });
  if (!response.ok) throw await failureOf(response);
  yield { placement: response.headers.get('X-Fiddler-Placement') };
  for await (const { data } of events(response.body)) {
    if (data.trim() === '[DONE]') return;
    const chunk = JSON.parse(data);
    if (chunk.error) throw new Failure(chunk.error.message, chunk.error.code);
    const [choice] = chunk.choices;
    yield {
      text: choice?.delta ? (choice.delta.content ?? '') : (choice?.text ?? ''),
      reason: choice?.finish_reason,
      placement: /_p(\d+)$/.exec(chunk.system_fingerprint ?? '')?.[1],
      usage: chunk.usage,
    };
  }
  throw new Failure('The service ended the answer before its end.');
}

// A request; that nobody answers it is said in words that are the same in every browser.
export async function reach(path, options) {
  try {
    return await request(path, options);
  } catch (failure) {
    throw options?.signal?.aborted ? failure : new Failure('The service does not answer.');
  }
}

export async function failureOf(response) {
  const { sentence, code } = await refusalIn(response);
  const wait = Number(response.headers.get('Retry-After')) || null;
  return new Failure(sentence ?? `The service answered with status ${response.status}.`, code, wait);
}
