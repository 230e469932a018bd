// Where Python's jinja2 differs from the library, laid over its interpreter; and the budgets.
import * as R from "jinja/runtime";
import { chargeCharacters, chargeItems, chargeSteps, deeper, LimitError } from "./limits.js";
import { chargeReplace, strip } from "./strings.js";
import { dumps, equal, str } from "./values.js";

const { Environment, Interpreter, IntegerValue, FloatValue, StringValue, BooleanValue, ObjectValue, ArrayValue, TupleValue, NullValue, UndefinedValue } = R;

const MAX_RANGE = 100000;
const STEPS_A_RANGE_ITEM = 21;
const MAX_INDENT = 64;

const prototype = Interpreter.prototype;
const evaluate = prototype.evaluate;
const evaluateBinary = prototype.evaluateBinaryExpression;
const applyFilter = prototype.applyFilter;

// A value that was computed already, in place of the expression that gave it.
const computed = (value) => ({ type: "Computed", value });

prototype.evaluate = function (node, scope) {
  if (node && node.type === "Computed") return node.value;
  return deeper(() => {
    chargeSteps(1);
    if (node && node.type === "TupleLiteral") {
      const tuple = new TupleValue(node.value.map((x) => this.evaluate(x, scope)));
      tuple.type = "ArrayValue";
      return tuple;
    }
    return evaluate.call(this, node, scope);
  });
};

const isSilent = (value, statement) =>
  value instanceof UndefinedValue ||
  (value instanceof NullValue && (statement.type === "Set" || statement.type === "Macro" || statement.type === "Comment"));

prototype.evaluateBlock = function (statements, scope) {
  let text = "";
  for (const statement of statements) {
    const value = this.evaluate(statement, scope);
    if (isSilent(value, statement)) continue;
    const piece = str(value);
    chargeCharacters(piece.length);
    text += piece;
  }
  return new StringValue(text);
};

const isNumeric = (v) => v instanceof IntegerValue || v instanceof FloatValue;

const contains = (needle, where) => {
  if (where instanceof ArrayValue) return where.value.some((x) => equal(x, needle));
  if (where instanceof ObjectValue) return needle instanceof StringValue && where.value.has(needle.value);
  if (where instanceof StringValue && needle instanceof StringValue) return where.value.includes(needle.value);
  return where instanceof UndefinedValue ? false : undefined;
};

const repeated = (sequence, times) => {
  const count = Math.max(0, times);
  if (sequence instanceof StringValue) {
    chargeCharacters(sequence.value.length * count);
    return new StringValue(sequence.value.repeat(count));
  }
  chargeItems(sequence.value.length * count);
  let items = [];
  for (let i = 0; i < count; i++) items = items.concat(sequence.value);
  return new ArrayValue(items);
};

const compared = (operator, a, b) => new BooleanValue(operator === "<" ? a < b : operator === ">" ? a > b : operator === "<=" ? a <= b : a >= b);

const added = (left, right) => {
  if (left instanceof StringValue !== right instanceof StringValue) throw new TypeError("can only concatenate str to str");
  if (left instanceof StringValue) {
    chargeCharacters(left.value.length + right.value.length);
    return new StringValue(left.value + right.value);
  }
  if (left instanceof ArrayValue && right instanceof ArrayValue) chargeItems(left.value.length + right.value.length);
  return undefined;
};

const modulo = (left, right) => {
  const rest = left.value - Math.floor(left.value / right.value) * right.value;
  return left instanceof FloatValue || right instanceof FloatValue ? new FloatValue(rest) : new IntegerValue(rest);
};

// Undefined where the library does as Python does.
const pythonBinary = (operator, left, right) => {
  switch (operator) {
    case "==":
      return new BooleanValue(equal(left, right));
    case "!=":
      return new BooleanValue(!equal(left, right));
    case "~": {
      const text = str(left) + str(right);
      chargeCharacters(text.length);
      return new StringValue(text);
    }
    case "in":
    case "not in": {
      const found = contains(left, right);
      return found === undefined ? undefined : new BooleanValue(found === (operator === "in"));
    }
    case "*": {
      const [sequence, times] = left instanceof IntegerValue ? [right, left] : [left, right];
      const repeats = times instanceof IntegerValue && (sequence instanceof StringValue || sequence instanceof ArrayValue);
      return repeats ? repeated(sequence, times.value) : undefined;
    }
    case "+":
      return added(left, right);
    case "%":
      return isNumeric(left) && isNumeric(right) ? modulo(left, right) : undefined;
    case "<":
    case ">":
    case "<=":
    case ">=":
      return left instanceof StringValue && right instanceof StringValue ? compared(operator, left.value, right.value) : undefined;
    default:
      return undefined;
  }
};

prototype.evaluateBinaryExpression = function (node, scope) {
  const operator = node.operator.value;
  if (operator === "and" || operator === "or") return evaluateBinary.call(this, node, scope);
  const left = this.evaluate(node.left, scope);
  const right = this.evaluate(node.right, scope);
  const result = pythonBinary(operator, left, right);
  if (result !== undefined) return result;
  return evaluateBinary.call(this, { type: node.type, operator: node.operator, left: computed(left), right: computed(right) }, scope);
};

Environment.prototype.lookupVariable = function (name) {
  for (let scope = this; scope; scope = scope.parent) {
    if (scope.variables.has(name)) return scope.variables.get(name);
  }
  return new UndefinedValue();
};

const ARGUMENTS_READ = ["tojson", "join", "string", "trim", "length", "count", "replace", "indent"];

const toJson = (value, argument) => {
  const indent = argument(1, "indent");
  const separators = argument(2, "separators");
  const ascii = argument(0, "ensure_ascii");
  const sort = argument(3, "sort_keys");
  const indented = indent && !(indent instanceof NullValue);
  const [itemSeparator, keySeparator] = separators instanceof ArrayValue ? separators.value.map((x) => x.value) : [indented ? "," : ", ", ": "];
  if (indented && String(indent.value).length > MAX_INDENT) throw new LimitError("an indent of more than " + MAX_INDENT);
  if (indented && indent instanceof IntegerValue && indent.value > MAX_INDENT) throw new LimitError("an indent of more than " + MAX_INDENT);
  const padding = indented ? (indent instanceof StringValue ? indent.value : " ".repeat(Math.max(0, indent.value))) : null;
  const text = dumps(
    value,
    { ascii: !!ascii && ascii.__bool__().value, sort: !!sort && sort.__bool__().value, indent: padding, itemSeparator, keySeparator },
    "",
  );
  chargeCharacters(text.length);
  return new StringValue(text);
};

const length = (value) => {
  if (value instanceof StringValue) return new IntegerValue(Array.from(value.value).length);
  if (value instanceof ArrayValue) return new IntegerValue(value.value.length);
  if (value instanceof ObjectValue) return new IntegerValue(value.value.size);
  return value instanceof UndefinedValue ? new IntegerValue(0) : undefined;
};

const list = (value) => {
  if (value instanceof StringValue) {
    chargeItems(value.value.length);
    return new ArrayValue(Array.from(value.value, (c) => new StringValue(c)));
  }
  return value instanceof ObjectValue ? value.keys() : undefined;
};

// Undefined where the library does as Python does.
const pythonFilter = (value, name, argument, named) => {
  switch (name) {
    case "tojson":
      return toJson(value, argument);
    case "string":
      return new StringValue(str(value));
    case "join": {
      if (!(value instanceof ArrayValue) || named.has("attribute")) return undefined;
      const separator = argument(0, "d");
      const glue = separator ? str(separator) : "";
      chargeCharacters(glue.length * value.value.length);
      const text = value.value.map(str).join(glue);
      chargeCharacters(text.length);
      return new StringValue(text);
    }
    case "trim": {
      const characters = argument(0, "chars");
      return value instanceof StringValue
        ? new StringValue(strip(value.value, characters instanceof StringValue ? characters.value : undefined, true, true))
        : undefined;
    }
    case "replace": {
      const from = argument(0, "old");
      const to = argument(1, "new");
      if (value instanceof StringValue && from instanceof StringValue && to instanceof StringValue) chargeReplace(value.value, from.value, to.value);
      return undefined;
    }
    case "indent": {
      const width = argument(0, "width");
      if (width && String(width.value).length > MAX_INDENT) throw new LimitError("an indent of more than " + MAX_INDENT);
      if (width instanceof IntegerValue && width.value > MAX_INDENT) throw new LimitError("an indent of more than " + MAX_INDENT);
      if (value instanceof StringValue) chargeCharacters(value.value.length * MAX_INDENT);
      return undefined;
    }
    case "length":
    case "count":
      return length(value);
    case "list":
      return list(value);
    default:
      return undefined;
  }
};

prototype.applyFilter = function (value, node, scope) {
  const name = node.type === "Identifier" ? node.value : node.callee.value;
  const reads = node.type === "CallExpression" && ARGUMENTS_READ.includes(name);
  const [positional, named] = reads ? this.evaluateArguments(node.args, scope) : [[], new Map()];
  const result = pythonFilter(value, name, (index, key) => positional[index] ?? named.get(key), named);
  if (result !== undefined) return result;
  const inherited = applyFilter.call(this, value, node, scope);
  return inherited === undefined ? new UndefinedValue() : inherited;
};

export const range = (args) => {
  const bounds = args.map((x) => {
    if (!(x instanceof IntegerValue)) throw new TypeError("range() expects integers");
    return x.value;
  });
  const [start, end, step] = bounds.length === 1 ? [0, bounds[0], 1] : [bounds[0], bounds[1], bounds[2] ?? 1];
  if (step === 0) throw new Error("range() arg 3 must not be zero");
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (count > MAX_RANGE) throw new LimitError("a range of more than " + MAX_RANGE);
  chargeSteps(STEPS_A_RANGE_ITEM * count);
  const items = [];
  for (let i = 0; i < count; i++) items.push(new IntegerValue(start + i * step));
  return new ArrayValue(items);
};
