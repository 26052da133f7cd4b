import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const gateway = process.env.GATEWAY ?? 'http://127.0.0.1:3000'

/** The gateway is asked through Vite, which keeps the page's host: so they are of one origin. */
export default defineConfig({
  plugins: [vue()],
  server: { proxy: { '/api': { target: gateway } } },
})
