import manifest from '../../package.json' with { type: 'json' };

/** As which program the API server's audit log shows us. */
export const userAgent = `daypass/${manifest.version}`;
