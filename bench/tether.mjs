/** Loaded before anything else (`--import`): ends this process when whoever started it is no more. */
process.stdin.resume()
process.stdin.on('end', () => process.exit(1))
process.stdin.on('error', () => process.exit(1))
process.stdin.unref?.()
