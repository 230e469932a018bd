// Methods of Python's str that the library lacks or has in JavaScript's way.
import * as R from "jinja/runtime";
import { chargeCharacters } from "./limits.js";

const { IntegerValue, StringValue, FunctionValue } = R;

const WHITESPACE = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

export const strip = (s, characters, left, right) => {
  const set = new Set(characters === undefined ? WHITESPACE : characters);
  let start = 0;
  let end = s.length;
  if (left) while (start < end && set.has(s[start])) start++;
  if (right) while (end > start && set.has(s[end - 1])) end--;
  return s.slice(start, end);
};

// Before it is made: replacing can square the length of a text.
export const chargeReplace = (text, from, to) => {
  let count = from.length === 0 ? text.length + 1 : 0;
  if (from.length > 0) {
    for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + from.length)) count++;
  }
  chargeCharacters(text.length + count * to.length);
};

const inherited = Object.getOwnPropertyDescriptor(StringValue.prototype, "builtins").get;

Object.defineProperty(StringValue.prototype, "builtins", {
  get() {
    if (this.pythonMethods) return this.pythonMethods;
    const methods = inherited.call(this);
    const stripping = (left, right) =>
      new FunctionValue((args) => new StringValue(strip(this.value, args[0] instanceof StringValue ? args[0].value : undefined, left, right)));
    methods.set("strip", stripping(true, true));
    methods.set("lstrip", stripping(true, false));
    methods.set("rstrip", stripping(false, true));
    const replace = methods.get("replace");
    methods.set(
      "replace",
      new FunctionValue((args, scope) => {
        if (args[0] instanceof StringValue && args[1] instanceof StringValue) chargeReplace(this.value, args[0].value, args[1].value);
        return replace.value(args, scope);
      }),
    );
    const split = methods.get("split");
    methods.set(
      "split",
      new FunctionValue((args, scope) => {
        chargeCharacters(this.value.length);
        return split.value(args, scope);
      }),
    );
    methods.delete("length");
    return (this.pythonMethods = methods);
  },
});
