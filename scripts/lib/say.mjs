/**
 * Tells the person at the terminal something. On stderr: stdout belongs to the target.
 *
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * A line that is drawn anew while something long goes on; without a terminal, a line now and then.
 *
 * @param {() => string} text asked for each time
 * @returns {() => void} ends it
 */
export function sayProgress(text) {
  const { isTTY } = process.stderr;
  const draw = () => void process.stderr.write(isTTY ? `\r\x1b[2K${text()}` : `${text()}\n`);
  draw();
  const timer = setInterval(draw, isTTY ? 1000 : 30_000);
  return () => {
    clearInterval(timer);
    if (isTTY) process.stderr.write('\r\x1b[2K');
  };
}

/**
 * @param {number} milliseconds
 * @returns {string} such as `3:07`
 */
export function minutesAndSeconds(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * How far something long is, as long as that can be told.
 *
 * @param {number} elapsed in ms
 * @param {number} usual what it mostly takes, in ms
 * @returns {string} such as `3:07 of about 10:00`
 */
export function ofAbout(elapsed, usual) {
  const so = minutesAndSeconds(elapsed);
  return elapsed < usual ? `${so} of about ${minutesAndSeconds(usual)}` : so;
}
