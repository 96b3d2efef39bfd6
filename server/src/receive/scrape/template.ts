/** Go's regexp templates: `$1`, `${1}`, `$name`, `${name}`, `$$`. A group that is not there is empty. */
export function expandTemplate(template: string, group: (name: string) => string): string {
  if (!template.includes('$')) return template;
  let text = '';
  let rest = template;
  for (let at = rest.indexOf('$'); at >= 0; at = rest.indexOf('$')) {
    text += rest.slice(0, at);
    rest = rest.slice(at + 1);
    // The longest word is the name, so `$1x` is the group `1x`.
    const name = /^(?:\{(\w+)\}|(\w+))/.exec(rest);
    if (rest.startsWith('$')) {
      text += '$';
      rest = rest.slice(1);
    } else if (name) {
      text += group(name[1] ?? name[2] ?? '');
      rest = rest.slice(name[0].length);
    } else text += '$';
  }
  return text + rest;
}
