import { openChat } from './chat.js'

const [list, form, input] = ['messages', 'form', 'text'].map((id) => document.getElementById(id))

function show({ sender, text }) {
  const item = document.createElement('li')
  item.textContent = `${sender.displayName ?? sender.role}: ${text}`
  list.append(item)
}

const chat = await openChat('', show)

form.addEventListener('submit', (event) => {
  event.preventDefault()
  chat.send(input.value)
  form.reset()
})
