// fiddlerRender(json) -> json. In: template, context (JSON text), now, maxSteps, maxCharacters.
// Out: {text} or {error, message}; error is TemplateError (raise_exception), LimitError, or what the
// template did wrong.
import { tokenize } from "jinja/lexer";
import { parse } from "jinja/parser";
import { Environment, FunctionValue, Interpreter, StringValue } from "jinja/runtime";
import { parseContext } from "./context.js";
import { range } from "./interpreter.js";
import { begin, LimitError, TemplateError } from "./limits.js";
import { withoutRaw } from "./raw.js";
import { strftime } from "./strftime.js";
import { str } from "./values.js";

const MAX_TEMPLATE = 131072;
const MAX_PARSED = 16;
const CONSTANTS = [
  ["false", false],
  ["true", true],
  ["none", null],
  ["False", false],
  ["True", true],
  ["None", null],
];

const parsed = new Map();

const program = (template) => {
  // Long runs of white space make the lexer's patterns slow.
  if (template.length > MAX_TEMPLATE || /\s{2000}/.test(template)) throw new LimitError("more than " + MAX_TEMPLATE + " characters of template");
  let known = parsed.get(template);
  if (!known) {
    known = parse(tokenize(withoutRaw(template), { lstrip_blocks: true, trim_blocks: true }));
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(template, known);
  }
  return known;
};

const render = (request) => {
  begin(request.maxSteps, request.maxCharacters);
  const scope = new Environment();
  for (const [name, value] of CONSTANTS) scope.set(name, value);
  scope.setVariable(
    "raise_exception",
    new FunctionValue((args) => {
      throw new TemplateError(args.length ? str(args[0]) : "");
    }),
  );
  scope.setVariable("range", new FunctionValue(range));
  scope.setVariable("strftime_now", new FunctionValue((args) => new StringValue(strftime(args[0].value, request.now))));
  for (const [name, value] of parseContext(request.context).value) scope.setVariable(name, value);
  return new Interpreter(scope).run(program(request.template)).value;
};

const kind = (error) => (error instanceof RangeError || error.name === "InternalError" ? "LimitError" : String(error.name));

globalThis.fiddlerRender = (json) => {
  try {
    return JSON.stringify({ text: render(JSON.parse(json)) });
  } catch (error) {
    return JSON.stringify({ error: kind(error), message: String(error.message) });
  }
};
