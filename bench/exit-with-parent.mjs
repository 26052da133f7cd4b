/** Ends this process with its parent. The child loads this file first, by `--import`. */
process.stdin.resume()
process.stdin.on('end', () => process.exit(1))
process.stdin.on('error', () => process.exit(1))
process.stdin.unref?.()
