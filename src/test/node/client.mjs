// OpenAI's own client for Node, unchanged, on a running service: node client.mjs http://127.0.0.1:8080/v1 KEY
// Prints one line a check, and ends with a non-zero code at the first that fails.
import assert from 'node:assert/strict';
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from 'openai';

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const model = 'tiny-moe';
const chat = { model, temperature: 0, max_completion_tokens: 24, messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Who are you?' }] };

const checks = {
  async 'models are listed'() {
    assert.deepEqual((await client.models.list()).data.map(({ id }) => id), [model]);
    assert.equal((await client.models.retrieve(model)).owned_by, 'fiddler');
  },
  async 'a completion is the same whole and streamed'() {
    const asked = { model, prompt: 'It was the best of', max_tokens: 16, temperature: 0 };
    const whole = await client.completions.create(asked);
    let streamed = '';
    for await (const part of await client.completions.create({ ...asked, stream: true })) streamed += part.choices[0].text;
    assert.equal(whole.usage.completion_tokens, 16);
    assert.equal(streamed, whole.choices[0].text);
  },
  async 'a chat is the same whole and streamed'() {
    const whole = await client.chat.completions.create(chat);
    let streamed = '';
    let usage = null;
    for await (const chunk of await client.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } })) {
      streamed += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    assert.equal(streamed, whole.choices[0].message.content);
    assert.deepEqual(usage.completion_tokens, whole.usage.completion_tokens);
  },
  async 'an answer keeps a schema'() {
    const schema = { type: 'object', properties: { loves: { enum: ['Juliet', 'Rosaline'] } }, required: ['loves'], additionalProperties: false };
    const answer = await client.chat.completions.create({
      ...chat, max_completion_tokens: 128, response_format: { type: 'json_schema', json_schema: { name: 'love', strict: true, schema } },
    });
    assert.ok(['Juliet', 'Rosaline'].includes(JSON.parse(answer.choices[0].message.content).loves));
  },
  async 'a tool is called, in a stream too'() {
    const parameters = { type: 'object', properties: { city: { enum: ['Verona', 'Mantua'] } }, required: ['city'], additionalProperties: false };
    const asked = { ...chat, max_completion_tokens: 128, tools: [{ type: 'function', function: { name: 'weather', parameters } }], tool_choice: 'required', parallel_tool_calls: false };
    for (const answer of [await client.chat.completions.create(asked), await client.chat.completions.stream(asked).finalChatCompletion()]) {
      const [{ finish_reason, message }] = answer.choices;
      assert.equal(finish_reason, 'tool_calls');
      assert.equal(message.tool_calls[0].function.name, 'weather');
      assert.ok(['Verona', 'Mantua'].includes(JSON.parse(message.tool_calls[0].function.arguments).city));
    }
  },
  async 'a stream that is left ends'() {
    const stream = await client.chat.completions.create({ ...chat, max_completion_tokens: 500, ignore_eos: true, stream: true });
    for await (const _ of stream) break;
    assert.ok(stream.controller.signal.aborted);
  },
  async 'errors are those of the client'() {
    await assert.rejects(client.completions.create({ model, prompt: 'Hi', temperature: 3 }), (refusal) => refusal instanceof BadRequestError && refusal.param === 'temperature');
    await assert.rejects(client.completions.create({ model: 'gpt-5', prompt: 'Hi' }), (refusal) => refusal instanceof NotFoundError && refusal.code === 'model_not_found');
    await assert.rejects(new OpenAI({ baseURL, apiKey: 'another-key-entirely', maxRetries: 0 }).models.list(), AuthenticationError);
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(`ok ${name}`);
}
