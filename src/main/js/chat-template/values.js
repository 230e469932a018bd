// Python's str(), repr(), json.dumps() and == for the runtime's values.
import * as R from "jinja/runtime";

const { IntegerValue, FloatValue, StringValue, BooleanValue, ObjectValue, NamespaceValue, ArrayValue, TupleValue, NullValue, UndefinedValue } = R;

const floatText = (v) => {
  if (Number.isNaN(v)) return "nan";
  if (v === Infinity) return "inf";
  if (v === -Infinity) return "-inf";
  if (Object.is(v, -0)) return "-0.0";
  const size = Math.abs(v);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return v.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  const text = String(v);
  return /[.e]/.test(text) ? text : text + ".0";
};

const quoted = (s) => {
  const quote = s.includes("'") && !s.includes('"') ? '"' : "'";
  let out = quote;
  for (const c of s) {
    const n = c.codePointAt(0);
    if (c === quote || c === "\\") out += "\\" + c;
    else if (c === "\n") out += "\\n";
    else if (c === "\r") out += "\\r";
    else if (c === "\t") out += "\\t";
    else if (n < 32 || n === 127) out += "\\x" + n.toString(16).padStart(2, "0");
    else out += c;
  }
  return out + quote;
};

const repr = (v) => (v instanceof StringValue ? quoted(v.value) : v instanceof UndefinedValue ? "Undefined" : str(v));

export const str = (v) => {
  if (v instanceof StringValue) return v.value;
  if (v instanceof BooleanValue) return v.value ? "True" : "False";
  if (v instanceof NullValue) return "None";
  if (v instanceof UndefinedValue) return "";
  if (v instanceof FloatValue) return floatText(v.value);
  if (v instanceof IntegerValue) return String(v.value);
  if (v instanceof TupleValue) return "(" + v.value.map(repr).join(", ") + (v.value.length === 1 ? ",)" : ")");
  if (v instanceof ArrayValue) return "[" + v.value.map(repr).join(", ") + "]";
  if (v instanceof ObjectValue || v instanceof NamespaceValue) {
    return "{" + Array.from(v.value, ([key, value]) => quoted(key) + ": " + repr(value)).join(", ") + "}";
  }
  return String(v.value);
};

const PRINTED = [StringValue, BooleanValue, NullValue, UndefinedValue, FloatValue, IntegerValue, ArrayValue, TupleValue, ObjectValue, NamespaceValue];
for (const type of PRINTED) {
  type.prototype.toString = function () {
    return str(this);
  };
}

const jsonString = (s, ascii) => {
  const json = JSON.stringify(s);
  return ascii ? json.replace(/[\x7f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0")) : json;
};

const jsonFloat = (v) => (Number.isNaN(v) ? "NaN" : v === Infinity ? "Infinity" : v === -Infinity ? "-Infinity" : floatText(v));

// options: ascii, sort, indent (null or a string), item and key separators.
export const dumps = (v, options, padding) => {
  if (v instanceof NullValue) return "null";
  if (v instanceof BooleanValue) return v.value ? "true" : "false";
  if (v instanceof StringValue) return jsonString(v.value, options.ascii);
  if (v instanceof FloatValue) return jsonFloat(v.value);
  if (v instanceof IntegerValue) return String(v.value);
  const flat = options.indent === null;
  const inner = flat ? padding : padding + options.indent;
  const open = flat ? "" : "\n" + inner;
  const close = flat ? "" : "\n" + padding;
  if (v instanceof ArrayValue) {
    if (!v.value.length) return "[]";
    return "[" + open + v.value.map((x) => dumps(x, options, inner)).join(options.itemSeparator + open) + close + "]";
  }
  if (v instanceof ObjectValue) {
    const entries = Array.from(v.value);
    if (options.sort) entries.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    if (!entries.length) return "{}";
    const members = entries.map(([key, x]) => jsonString(key, options.ascii) + options.keySeparator + dumps(x, options, inner));
    return "{" + open + members.join(options.itemSeparator + open) + close + "}";
  }
  throw new TypeError("Object of type " + v.type + " is not JSON serializable");
};

const isNumber = (v) => v instanceof IntegerValue || v instanceof FloatValue || v instanceof BooleanValue;

export const equal = (a, b) => {
  if (isNumber(a) && isNumber(b)) return Number(a.value) === Number(b.value);
  if (a instanceof NullValue || a instanceof UndefinedValue) return a.constructor === b.constructor;
  if (a instanceof StringValue) return b instanceof StringValue && a.value === b.value;
  if (a instanceof ArrayValue) {
    return (
      b instanceof ArrayValue &&
      a instanceof TupleValue === b instanceof TupleValue &&
      a.value.length === b.value.length &&
      a.value.every((x, i) => equal(x, b.value[i]))
    );
  }
  if (a instanceof ObjectValue) {
    return b instanceof ObjectValue && a.value.size === b.value.size && Array.from(a.value).every(([k, x]) => b.value.has(k) && equal(x, b.value.get(k)));
  }
  return a === b;
};
