// JSON text to the runtime's values. Not through JSON.parse: Python tells 1 from 1.0, keeps large
// integers and the order of keys that look like numbers.
import * as R from "jinja/runtime";

const { IntegerValue, FloatValue, StringValue, BooleanValue, ObjectValue, ArrayValue, NullValue } = R;

export const parseContext = (text) => {
  let at = 0;
  const skip = () => {
    while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  };
  const string = () => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    return JSON.parse(text.slice(start, ++at));
  };
  const object = () => {
    const members = new Map();
    at++;
    skip();
    if (text[at] === "}") {
      at++;
      return new ObjectValue(members);
    }
    for (;;) {
      skip();
      const key = string();
      skip();
      at++;
      members.set(key, value());
      skip();
      if (text[at++] === "}") return new ObjectValue(members);
    }
  };
  const array = () => {
    const items = [];
    at++;
    skip();
    if (text[at] === "]") {
      at++;
      return new ArrayValue(items);
    }
    for (;;) {
      items.push(value());
      skip();
      if (text[at++] === "]") return new ArrayValue(items);
    }
  };
  const number = () => {
    const match = /[-+0-9.eE]+/.exec(text.slice(at, at + 400))[0];
    at += match.length;
    if (/[.eE]/.test(match)) return new FloatValue(Number(match));
    if (Number.isSafeInteger(Number(match))) return new IntegerValue(Number(match));
    return new IntegerValue(typeof BigInt === "function" ? BigInt(match) : Number(match));
  };
  const value = () => {
    skip();
    const c = text[at];
    if (c === '"') return new StringValue(string());
    if (c === "{") return object();
    if (c === "[") return array();
    if (text.startsWith("true", at)) {
      at += 4;
      return new BooleanValue(true);
    }
    if (text.startsWith("false", at)) {
      at += 5;
      return new BooleanValue(false);
    }
    if (text.startsWith("null", at)) {
      at += 4;
      return new NullValue();
    }
    return number();
  };
  return value();
};
