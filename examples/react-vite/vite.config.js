import { defineConfig } from 'vite'

const gateway = process.env.GATEWAY ?? 'http://127.0.0.1:3000'

/**
 * Two pages: the widget, and a face of one's own. Vite compiles JSX by itself, as tsconfig.json says; a plugin
 * for React would only add hot reloading that keeps the state.
 */
export default defineConfig({
  build: { rolldownOptions: { input: ['index.html', 'own.html'] } },
  server: { proxy: { '/api': { target: gateway } } },
})
