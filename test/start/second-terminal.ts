/** What `npm start` says to type in a second terminal: each line with the folder and the identity to type it in. */
export function typedIn(story: string): { line: string; script: string }[] {
  const [, told = ''] = story.split('In a second terminal:\n');
  const [advice = ''] = told.split('Ctrl-C stops everything');
  const lines = advice
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('('));
  let [folder, identity] = ['', ''];
  return lines.flatMap((line) => {
    if (line.startsWith('cd ')) folder = line;
    else if (line.startsWith('export ')) identity = line;
    else return [{ line, script: [folder, identity, line].join('\n') }];
    return [];
  });
}

/** Whether it wants a person at the keyboard. */
export function isInteractive(line: string): boolean {
  return / --watch | edit /.test(line);
}
