// {% raw %}: turned into an escaped string expression before the lexer sees it.
export const withoutRaw = (source) => {
  if (source.indexOf("raw") < 0) return source;
  return source.replace(
    /\{#[\s\S]*?#\}|(^[ \t]*)?(\s*)\{%([-+]?)\s*raw\s*(-?)%\}([\s\S]*?)\{%([-+]?)\s*endraw\s*([-+]?)%\}(\n?)(\s*)/gm,
    (match, indent, before, open, openEnd, body, close, closeEnd, newline, after) => {
      if (match[1] === "#" && match[0] === "{") return match;
      if (openEnd === "-") body = body.trimStart();
      if (close === "-") body = body.trimEnd();
      else body = body.replace(/(^|\n)[ \t]*$/, "$1");
      const head = open === "-" ? "" : (open === "+" ? (indent ?? "") : "") + before;
      const tail = closeEnd === "-" ? "" : (closeEnd === "+" ? newline : "") + after;
      const escaped = body.replace(/[^A-Za-z0-9 ]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
      return head + '{{ "' + escaped + '" }}' + tail;
    },
  );
};
