/** Every word the widget says, in English: the shape of all other languages. */
export const english = {
  // The frame
  title: 'Chat with us',

  // Messages, choices and forms
  you: 'You',
  roles: { Chatbot: 'Assistant', Agent: 'Agent', Supervisor: 'Supervisor', System: 'System' },
  /** Of a visitor who is not named. */
  someone: 'Someone',
}
