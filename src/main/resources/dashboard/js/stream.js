// The live stream: connects, notices silence, and connects again with growing pauses.
import { events } from './events.js';
import { request } from './service.js';

const SILENCE_MILLIS = 10_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

// handlers: { history, experts, live } by event; status(state, sentence) with 'connecting', 'live' or 'lost'.
export function startStream(handlers, status) {
  let pause = FIRST_PAUSE;
  let skipPause = () => {};

  async function once() {
    const attempt = new AbortController();
    let watchdog;
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => attempt.abort(new Error('it has been silent for 10 s')), SILENCE_MILLIS);
    };
    try {
      const response = await request('dashboard/stream', { signal: attempt.signal, headers: { Accept: 'text/event-stream' } });
      if (!response.ok) throw new Error((await response.json().catch(() => ({}))).error ?? `status ${response.status}`);
      heard();
      for await (const event of events(response.body)) {
        heard();
        pause = FIRST_PAUSE;
        status('live');
        handlers[event.name]?.(JSON.parse(event.data));
      }
      throw new Error('the service ended it');
    } finally {
      clearTimeout(watchdog);
    }
  }

  async function wait(reason) {
    // Many viewers of a service that restarts must not all come back at once.
    const millis = pause * (0.8 + Math.random() * 0.4);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    status('lost', `No live values: ${reason}. Trying again in ${Math.max(1, Math.round(millis / 1000))} s.`);
    await new Promise((resolve) => {
      skipPause = resolve;
      setTimeout(resolve, millis);
    });
  }

  (async () => {
    status('connecting');
    for (;;) {
      try {
        await once();
      } catch (failure) {
        await wait(failure.message);
      }
    }
  })();
  return { retry: () => skipPause() };
}
