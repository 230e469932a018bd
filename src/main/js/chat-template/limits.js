// Budgets of one rendering. What they bound: the interpreter's work, the text it makes (Rhino has no
// limit on memory) and the stack.
export class TemplateError extends Error {
  constructor(message) {
    super(message);
    // Lowered to ECMAScript 5, the constructor of Error sets it elsewhere.
    this.message = message;
    this.name = "TemplateError";
  }
}

export class LimitError extends Error {
  constructor(message) {
    super(message);
    this.message = message;
    this.name = "LimitError";
  }
}

const MAX_DEPTH = 400;
// A value in a list weighs about as much as so many characters.
const CHARACTERS_AN_ITEM = 16;

let steps = 0;
let characters = 0;
let depth = 0;
let maxSteps = 0;
let maxCharacters = 0;

export const begin = (stepBudget, characterBudget) => {
  steps = characters = depth = 0;
  maxSteps = stepBudget;
  maxCharacters = characterBudget;
};

export const chargeSteps = (count) => {
  steps += count;
  if (steps > maxSteps) throw new LimitError("more than " + maxSteps + " steps");
};

export const chargeCharacters = (count) => {
  characters += count;
  if (characters > maxCharacters) {
    throw new LimitError("more than " + maxCharacters + " characters");
  }
};

export const chargeItems = (count) => chargeCharacters(count * CHARACTERS_AN_ITEM);

export const deeper = (call) => {
  if (++depth > MAX_DEPTH) throw new LimitError("nested deeper than " + MAX_DEPTH);
  try {
    return call();
  } finally {
    depth--;
  }
};
