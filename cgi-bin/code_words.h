/* code_words.h - what is wrong with a verification code or its sending, in the words of every page that asks for one. */
#ifndef CGI_CODE_WORDS_H
#define CGI_CODE_WORDS_H

#include "call.h"
#include "domain/code.h"

/* The field that the text stands beside: "code", "channel", or "send" for the button that sends one. text NULL: nothing is wrong,
 * or the response is made. */
struct code_fault { const char *field, *text; };

/* Beside the button; the pattern has {time} in it, which becomes `at`. */
struct code_fault code_words_until(struct call *call, const char *pattern, int64_t at);
/* Not sent: the last one was sent a moment ago, too many were asked for, or too many wrong ones were typed. */
struct code_fault code_words_wait(struct call *call, int64_t at);
struct code_fault code_words_too_many(struct call *call, int64_t at);
struct code_fault code_words_locked(struct call *call, int64_t at);
/* Nothing, or no code, was typed. text NULL: it may be one. */
struct code_fault code_words_typed(struct call *call, const char *code);
/* What was typed is not the code. tries_left is read for CODE_WRONG, locked_until for CODE_BUDGET_LOCKED. */
struct code_fault code_words_answer(struct call *call, enum code_answer answer, int64_t tries_left, int64_t locked_until);

#endif
