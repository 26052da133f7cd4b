import { english } from './en.js'
import type { Texts } from './index.js'

/** 日本語. */
export const japanese: Texts = {
  ...english,

  // 枠
  title: 'チャットでお問い合わせ',
  open: 'チャットを開く',
  minimise: 'チャットを最小化',
  menu: 'その他',
  unread: { one: '未読メッセージ{count}件', other: '未読メッセージ{count}件' },
  welcomeTitle: 'こんにちは。ご用件をお聞かせください。',
  welcomeText: 'チャットを開始してご用件をお知らせください。アカウントは必要ありません。',
  start: 'チャットを開始',
  startAnew: '新しいチャットを開始',
  tryAgain: '再試行',
  questions: 'はじめにいくつか質問があります',
  answerQuestions: '質問に答える',

  // 状態
  ready: 'お気軽にお問い合わせください',
  connecting: '接続しています…',
  connected: '接続しました',
  connectedTo: '{name}が対応しています',
  waiting: '担当者をお待ちください',
  waitingFor: '担当者をお待ちください(約{minutes}分)',
  nobody: 'メッセージを送ると続けられます',
  offline: 'オフラインです',
  troubled: '接続に問題があります。再試行しています',
  busy: '混み合っています。再試行しています',
  ended: 'チャットは終了しました',
  endedBy: {
    EndUser: 'チャットを終了しました。',
    Agent: '担当者がチャットを終了しました。',
    System: 'このチャットは終了しました。',
  },
  lost: 'チャットは閉じられました',
  refused: 'チャットを利用できません',

  // 一覧
  messages: 'メッセージ',
  older: '以前のメッセージを表示',
  loading: '読み込んでいます…',
  newMessages: '新着メッセージ',
  toNewest: '最新のメッセージへ',
  countNew: { one: '新着メッセージ{count}件', other: '新着メッセージ{count}件' },
  answering: '{name}が返信しています',
  bot: 'ボット',
  automated: '自動',
  deliveries: { sending: '送信しています…', sent: '送信済み', delivered: '配信済み' },
  failed: '送信できませんでした。{reason}',
  discard: '破棄',
  progress: 'アップロード',

  // 入力
  yourMessage: 'メッセージ',
  placeholder: 'メッセージを入力',
  send: '送信',
  charactersLeft: { one: 'あと{count}文字', other: 'あと{count}文字' },
  charactersOver: { one: '{count}文字超過しています', other: '{count}文字超過しています' },
  attach: 'ファイルを添付',
  chosen: '送信するファイル',
  remove: '{name}を取り除く',
  drop: 'ここにファイルをドロップすると送信できます',
  tooBig: '{name}は大きすぎます。上限は{size}です。',
  wrongType: '{name}のような形式のファイルは送信できません。',
  emptyFile: '{name}は空のファイルです。',

  // 終了
  download: 'チャットの記録をダウンロード',
  transcript: 'chat',
  end: 'チャットを終了',
  endQuestion: 'このチャットを終了しますか?',
  keep: 'チャットを続ける',

  // うまくいかなかった理由
  problems: {
    conversation_ended: 'このチャットは終了しました。',
    conversation_lost: 'このチャットはもう利用できません。',
    unreachable: '接続できません。',
    unsent: '時間が経ちすぎました。',
    unavailable: '現在、チャットが応答していません。',
    not_allowed: 'このページではチャットを利用できません。',
    sign_in: 'もう一度サインインしてください。',
    members_only: 'チャットを利用するにはサインインしてください。',
    unsupported: 'ここでは利用できません。',
    payload_too_large: 'サイズが大きすぎます。',
    unsupported_media_type: 'この形式のファイルは送信できません。',
    invalid_request: '受け付けられませんでした。',
    other: 'うまくいきませんでした。',
  },
  tryLater: '混み合っています。{seconds}秒後にもう一度お試しください。',
}
