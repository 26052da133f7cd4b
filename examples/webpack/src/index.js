import 'miaw-gateway/element'

const chat = document.createElement('miaw-chat')
chat.setAttribute('base-url', 'http://127.0.0.1:3000')
document.body.append(chat)
