// The same catalogue as the server's words.py, of which a page carries its own part.

// -> say(key, values): the text, its {places} filled; `n` picks the number form.
//    say.number(value, decimals): as the language writes it.
export function speaker(texts, language) {
  const plural = new Intl.PluralRules(language);
  function say(key, values = {}) {
    let text = key.split(".").reduce((group, part) => group?.[part], texts);
    if (typeof text === "object") text = text[plural.select(values.n)] ?? text.other;
    if (typeof text !== "string") throw new Error(`no text for ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  say.number = (value, decimals) =>
    value.toLocaleString(language, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  return say;
}
