#include "base/lang.h"

#include "domain/notice_words.h"

/* A name never stands right before a full stop: "Acme Ltd.." is not a sentence's end. */

#define CUSTOMER NOTICE_CUSTOMER
#define PARTNER NOTICE_PARTNER
#define PLATFORM NOTICE_PLATFORM
#define ANY NOTICE_ANY

#define THE_REASON N_("Reason given: “{reason}”")
#define YOUR_REASON N_("You wrote: “{reason}”")
#define STAY_CUSTOMER N_("You and {partner} stay associated.")
#define STAY_PARTNER N_("You and {customer} stay associated.")
#define NO_QUOTA N_("The request no longer counts towards your quota.")
#define LEFT N_("Your association with {partner} has ended. From now on you pay for your resources yourself.")
#define ADD_PAYMENT N_("Add a payment method now so that your resources keep running.")
#define LOST N_("Your association with {customer} has ended. From now on the customer pays for its own resources.")
#define SMS_LEFT \
    N_("You have left {partner} and pay for your resources yourself. Add a payment method now so that they keep running.")

/* A code names the action, the other party and the request, so that one given away is recognised. */
#define CODE(readers_, detail_, subject_, sentence_) \
    { NOTICE_CODE, readers_, ANY, detail_, subject_, \
      { sentence_, N_("If this wasn’t you, don’t share it.") }, \
      { sentence_, N_("If this was not you, do not share it.") } }

const struct notice_words notice_words[] = {
    { NOTICE_REQUEST_SENT, CUSTOMER, ANY, NULL, N_("Your request was sent"),
      { N_("We sent your request {request_no} to {partner} for review."),
        N_("You stay associated until your partner agrees."),
        N_("Your partner can answer until {until}. After that the platform decides.") }, { NULL } },
    { NOTICE_REQUEST_SENT, PARTNER, ANY, NULL, N_("Your request was sent"),
      { N_("We sent your request {request_no} to {customer} for an answer."),
        N_("Nothing changes until the customer answers."),
        N_("The customer can answer until {until}. After that the request expires.") }, { NULL } },

    { NOTICE_REQUEST_RECEIVED, CUSTOMER, ANY, NULL, N_("Your partner wants to end the association"),
      { N_("{partner} sent you request {request_no} to end the association."),
        THE_REASON,
        N_("Nothing changes until you answer."),
        N_("Answer by {until}. After that the request expires and you stay associated.") },
      { N_("{partner} wants to end the association. Sign in to mypartner to answer request {request_no}.") } },
    { NOTICE_REQUEST_RECEIVED, PARTNER, ANY, NULL, N_("{customer} asks to leave"),
      { N_("{customer} sent you request {request_no} to end the association."),
        THE_REASON,
        N_("Nothing changes until you answer."),
        N_("Answer by {until}. After that the platform decides.") },
      { N_("{customer} asks to leave. Sign in to mypartner to answer request {request_no}.") } },

    { NOTICE_REQUEST_AGREED, CUSTOMER, PLATFORM, NULL, N_("The platform agreed: you have left {partner}"),
      { N_("The platform decided on your request {request_no} and agreed to it."), LEFT, THE_REASON, ADD_PAYMENT },
      { SMS_LEFT } },
    { NOTICE_REQUEST_AGREED, CUSTOMER, PARTNER, NULL, N_("Your partner agreed: you have left {partner}"),
      { N_("Your partner agreed to your request {request_no}."), LEFT, THE_REASON, ADD_PAYMENT }, { SMS_LEFT } },
    { NOTICE_REQUEST_AGREED, CUSTOMER, CUSTOMER, NULL, N_("You agreed: you have left {partner}"),
      { N_("You agreed to request {request_no} of your partner."), LEFT, YOUR_REASON, ADD_PAYMENT }, { SMS_LEFT } },
    { NOTICE_REQUEST_AGREED, PARTNER, PLATFORM, NULL, N_("The platform agreed: {customer} has left"),
      { N_("The platform decided on request {request_no} of {customer} and agreed to it."), LOST, THE_REASON },
      { N_("The platform agreed to request {request_no}: {customer} has left you.") } },
    { NOTICE_REQUEST_AGREED, PARTNER, PARTNER, NULL, N_("You agreed: {customer} has left"),
      { N_("You agreed to request {request_no} of {customer} to leave you."), LOST, YOUR_REASON },
      { N_("You agreed to request {request_no}: {customer} has left you.") } },
    { NOTICE_REQUEST_AGREED, PARTNER, CUSTOMER, NULL, N_("{customer} agreed to end the association"),
      { N_("{customer} agreed to your request {request_no}."), LOST, THE_REASON },
      { N_("{customer} agreed to your request {request_no} and has left you.") } },

    { NOTICE_REQUEST_REJECTED, CUSTOMER, PLATFORM, NULL, N_("The platform rejected your request"),
      { N_("The platform decided on your request {request_no} and rejected it."), THE_REASON, STAY_CUSTOMER,
        N_("You can send another request.") }, { NULL } },
    { NOTICE_REQUEST_REJECTED, CUSTOMER, PARTNER, NULL, N_("Your partner rejected your request"),
      { N_("Your partner rejected your request {request_no}."), THE_REASON, STAY_CUSTOMER,
        N_("You can send another request.") }, { NULL } },
    { NOTICE_REQUEST_REJECTED, CUSTOMER, CUSTOMER, NULL, N_("You rejected your partner’s request"),
      { N_("You rejected request {request_no} of your partner."), YOUR_REASON, STAY_CUSTOMER }, { NULL } },
    { NOTICE_REQUEST_REJECTED, PARTNER, PLATFORM, NULL, N_("The platform rejected the request of {customer}"),
      { N_("The platform decided on request {request_no} and rejected it."), THE_REASON, STAY_PARTNER }, { NULL } },
    { NOTICE_REQUEST_REJECTED, PARTNER, PARTNER, NULL, N_("You rejected the request of {customer}"),
      { N_("You rejected request {request_no} of your customer."), YOUR_REASON, STAY_PARTNER }, { NULL } },
    { NOTICE_REQUEST_REJECTED, PARTNER, CUSTOMER, NULL, N_("{customer} rejected your request"),
      { N_("Your customer rejected your request {request_no}."), THE_REASON, STAY_PARTNER }, { NULL } },

    { NOTICE_REQUEST_WITHDRAWN, CUSTOMER, PARTNER, NULL, N_("Your partner withdrew its request"),
      { N_("Your partner withdrew request {request_no}. You don’t need to answer it."), THE_REASON, STAY_CUSTOMER }, { NULL } },
    { NOTICE_REQUEST_WITHDRAWN, CUSTOMER, ANY, NULL, N_("You withdrew your request"),
      { N_("You withdrew your request {request_no}."), YOUR_REASON, STAY_CUSTOMER }, { NULL } },
    { NOTICE_REQUEST_WITHDRAWN, PARTNER, PARTNER, NULL, N_("You withdrew your request"),
      { N_("You withdrew your request {request_no}."), YOUR_REASON, STAY_PARTNER }, { NULL } },
    { NOTICE_REQUEST_WITHDRAWN, PARTNER, ANY, NULL, N_("{customer} withdrew its request"),
      { N_("Your customer withdrew request {request_no}. You don’t need to answer it."), THE_REASON, STAY_PARTNER }, { NULL } },

    { NOTICE_REQUEST_EXPIRED, CUSTOMER, PARTNER, NULL, N_("Your partner’s request has expired"),
      { N_("You did not answer request {request_no} in time, so it has expired."), STAY_CUSTOMER }, { NULL } },
    { NOTICE_REQUEST_EXPIRED, CUSTOMER, ANY, NULL, N_("Your request has expired"),
      { N_("Nobody decided on your request {request_no} in time, so it has expired."), STAY_CUSTOMER, NO_QUOTA }, { NULL } },
    { NOTICE_REQUEST_EXPIRED, PARTNER, PARTNER, NULL, N_("Your request has expired"),
      { N_("Your customer did not answer request {request_no} in time, so it has expired."), STAY_PARTNER, NO_QUOTA }, { NULL } },
    { NOTICE_REQUEST_EXPIRED, PARTNER, ANY, NULL, N_("The request of {customer} has expired"),
      { N_("Nobody decided on request {request_no} in time, so it has expired."), STAY_PARTNER }, { NULL } },

    { NOTICE_REQUEST_CANCELLED, CUSTOMER, ANY, NULL, N_("A request was cancelled"),
      { N_("Request {request_no} was cancelled because an account was closed."), THE_REASON,
        N_("Your association with {partner} has ended.") }, { NULL } },
    { NOTICE_REQUEST_CANCELLED, PARTNER, ANY, NULL, N_("A request was cancelled"),
      { N_("Request {request_no} was cancelled because an account was closed."), THE_REASON,
        N_("Your association with {customer} has ended.") }, { NULL } },

    { NOTICE_REQUEST_ESCALATED, CUSTOMER, ANY, NULL, N_("The platform now looks at your request"),
      { N_("{partner} has not answered your request {request_no}, so the platform now looks at it."),
        N_("The platform decides by {until}. We tell you the result."),
        N_("You stay associated until then.") }, { NULL } },
    { NOTICE_REQUEST_ESCALATED, PARTNER, ANY, NULL, N_("The platform now looks at the request of {customer}"),
      { N_("You have not answered request {request_no}, so the platform now looks at it."),
        N_("The platform decides by {until}. Until then you can still answer, unless your account is frozen.") }, { NULL } },

    { NOTICE_REQUEST_REMINDER, CUSTOMER, ANY, NULL, N_("Your partner is waiting for your answer"),
      { N_("{partner} is waiting for your answer to request {request_no} to end the association."),
        N_("Answer by {until}. After that the request expires and you stay associated.") }, { NULL } },
    { NOTICE_REQUEST_REMINDER, PARTNER, ANY, NULL, N_("{customer} is waiting for your answer"),
      { N_("{customer} is waiting for your answer to request {request_no} to leave you."),
        N_("Answer by {until}. After that the platform decides.") }, { NULL } },

    { NOTICE_FROZEN, CUSTOMER, PARTNER, "ACCOUNT_AND_RESOURCES", N_("Your account was frozen"),
      { N_("{partner} froze your account and resources."), THE_REASON,
        N_("You can’t use any resource until your partner unfreezes them.") },
      { N_("{partner} froze your account and resources. Sign in to mypartner to see why and what to do.") } },
    { NOTICE_FROZEN, CUSTOMER, PARTNER, NULL, N_("Your account was frozen"),
      { N_("{partner} froze your account."), THE_REASON,
        N_("You can’t buy, renew or change resources until your partner unfreezes it.") },
      { N_("{partner} froze your account. Sign in to mypartner to see why and what to do.") } },
    { NOTICE_FROZEN, CUSTOMER, ANY, "ACCOUNT_AND_RESOURCES", N_("Your account was frozen"),
      { N_("The platform froze your account and resources."), THE_REASON,
        N_("You can’t use any resource until the platform unfreezes them.") },
      { N_("The platform froze your account and resources. Sign in to mypartner to see why and what to do.") } },
    { NOTICE_FROZEN, CUSTOMER, ANY, NULL, N_("Your account was frozen"),
      { N_("The platform froze your account."), THE_REASON,
        N_("You can’t buy, renew or change resources until the platform unfreezes it.") },
      { N_("The platform froze your account. Sign in to mypartner to see why and what to do.") } },
    { NOTICE_FROZEN, PARTNER, ANY, "SELF", N_("Your account was frozen"),
      { N_("The platform froze your account."), THE_REASON,
        N_("Until it is unfrozen you can reject requests, but not agree to them, start them, freeze or unfreeze.") },
      { N_("The platform froze your account. Sign in to mypartner to see why and what to do.") } },
    { NOTICE_FROZEN, PARTNER, PARTNER, NULL, N_("The account of {customer} was frozen"),
      { N_("You froze the account of {customer} and we have told them."), YOUR_REASON },
      { N_("You froze the account of {customer} in mypartner.") } },
    { NOTICE_FROZEN, PARTNER, ANY, NULL, N_("The account of {customer} was frozen"),
      { N_("The platform froze the account of {customer} and has told them."), THE_REASON },
      { N_("The platform froze the account of {customer} in mypartner.") } },

    { NOTICE_UNFROZEN, CUSTOMER, PARTNER, NULL, N_("Your account was unfrozen"),
      { N_("{partner} unfroze your account. You can use it again."), THE_REASON }, { NULL } },
    { NOTICE_UNFROZEN, CUSTOMER, ANY, NULL, N_("Your account was unfrozen"),
      { N_("The platform unfroze your account. You can use it again."), THE_REASON }, { NULL } },
    { NOTICE_UNFROZEN, PARTNER, ANY, "SELF", N_("Your account was unfrozen"),
      { N_("The platform unfroze your account. You can use it again."), THE_REASON }, { NULL } },
    { NOTICE_UNFROZEN, PARTNER, PARTNER, NULL, N_("The account of {customer} was unfrozen"),
      { N_("You unfroze the account of {customer} and we have told them."), YOUR_REASON }, { NULL } },
    { NOTICE_UNFROZEN, PARTNER, ANY, NULL, N_("The account of {customer} was unfrozen"),
      { N_("The platform unfroze the account of {customer} and has told them."), THE_REASON }, { NULL } },

    { NOTICE_UNFREEZE_ASKED, CUSTOMER, ANY, NULL, N_("We asked your partner to unfreeze the account"),
      { N_("We told {partner} that you ask them to unfreeze your account."),
        N_("We tell you when your account is unfrozen.") }, { NULL } },
    { NOTICE_UNFREEZE_ASKED, PARTNER, ANY, NULL, N_("{customer} asks you to unfreeze the account"),
      { N_("The account of {customer} is frozen, and they ask you to unfreeze it."), THE_REASON,
        N_("They can’t leave you while it is frozen.") }, { NULL } },

    { NOTICE_PAYMENT_METHOD, ANY, ANY, NULL, N_("Add a payment method"),
      { N_("You have left {partner} and pay for your resources yourself."),
        N_("Add a payment method so that your resources keep running."),
        N_("If a payment fails, a grace period starts.") }, { NULL } },

    CODE(CUSTOMER, "SUBMIT", N_("Your code to ask to leave {partner}"),
         N_("{code} is your mypartner code to ask to leave {partner} and works until {until}.")),
    CODE(CUSTOMER, "AGREE", N_("Your code to agree to leave {partner}"),
         N_("{code} is your mypartner code to agree to leave {partner} on request {request_no}. It works until {until}.")),
    CODE(CUSTOMER, "REJECT", N_("Your code to reject {partner}"),
         N_("{code} is your mypartner code to reject {partner} on request {request_no}. It works until {until}.")),
    CODE(PARTNER, "SUBMIT", N_("Your code to ask {customer} to end the association"),
         N_("{code} is your mypartner code to ask {customer} to end the association. It works until {until}.")),
    CODE(PARTNER, "AGREE", N_("Your code to agree that {customer} leaves"),
         N_("{code} is your mypartner code to agree that {customer} leaves you on request {request_no}. It works until {until}.")),
    CODE(PARTNER, "REJECT", N_("Your code to reject {customer}"),
         N_("{code} is your mypartner code to reject {customer} on request {request_no}. It works until {until}.")),
    CODE(ANY, "CONTACT", N_("Your code to add a contact"),
         N_("{code} is your mypartner code to add this contact to your account. It works until {until}.")),
    CODE(ANY, "REGISTER", N_("Your code to open an account"),
         N_("{code} is your mypartner code to open an account. It works until {until}.")),
    CODE(ANY, NULL, N_("Your mypartner code"), N_("{code} is your mypartner code. It works until {until}.")),

    { NOTICE_PASSWORD_RESET, ANY, ANY, NULL, N_("Choose a new password"),
      { N_("Somebody asked for a new password for your mypartner account. Open this link to choose one:"),
        "{link}",
        N_("The link works once, until {until}."),
        N_("If this wasn’t you, ignore this message. Your password stays as it is.") }, { NULL } },
    { NOTICE_PASSWORD_CHANGED, ANY, ANY, NULL, N_("Your password was changed"),
      { N_("The password of your mypartner account was changed, and all other sessions were ended."),
        N_("If this wasn’t you, choose a new password now and contact support.") },
      { N_("Your mypartner password was changed. If this was not you, choose a new one now and contact support.") } },
    { NOTICE_SMS_LOCKED, ANY, ANY, NULL, N_("Too many wrong verification codes"),
      { N_("Too many wrong verification codes were entered for your account."),
        N_("You can ask for a code for the same step again after {until}."),
        N_("If this wasn’t you, change your password and contact support.") },
      { N_("Too many wrong codes were entered for your mypartner account. "
           "If this was not you, change your password and contact support.") } },

    { NOTICE_CONTRACT_SETTLED, ANY, PARTNER, NULL, N_("Your special commerce contract was settled"),
      { N_("{partner} marked your special commerce contract {object} as settled."), N_("Note: “{reason}”"),
        N_("It no longer stops you from leaving your partner.") }, { NULL } },
    { NOTICE_CONTRACT_SETTLED, ANY, ANY, NULL, N_("Your special commerce contract was settled"),
      { N_("The platform marked your special commerce contract {object} as settled."), N_("Note: “{reason}”"),
        N_("It no longer stops you from leaving your partner.") }, { NULL } },
    { NOTICE_CODE_FUNCTION, ANY, ANY, "ON", N_("Verification codes were switched on"),
      { N_("{object} switched on verification codes for your account."),
        N_("From now on you need a code to start, agree to or reject a request.") }, { NULL } },
    { NOTICE_CODE_FUNCTION, ANY, ANY, NULL, N_("Verification codes were switched off"),
      { N_("{object} switched off verification codes for your account."),
        N_("You no longer need a code to start, agree to or reject a request."),
        N_("If nobody of you wanted this, switch them on again and contact support.") }, { NULL } },
    { NOTICE_TEAM_INVITATION, ANY, ANY, NULL, N_("You are invited to mypartner"),
      { N_("{object} invites you to its account in mypartner. Open this link to choose a password and join:"),
        "{link}",
        N_("The link works once, until {until}."),
        N_("If you don’t know why you get this, ignore this message.") }, { NULL } },

    { NOTICE_INVITATION, ANY, ANY, NULL, N_("{partner} invites you to become its customer"),
      { N_("{partner} invites you to associate your cloud account with it. Open this link to read what that means and to answer:"),
        "{link}",
        N_("The link works until {until}."),
        N_("Nothing changes until you accept. If you don’t know why you get this, ignore this message.") }, { NULL } },
    { NOTICE_INVITATION_ACCEPTED, CUSTOMER, ANY, "ACCOUNT", N_("You are now associated with {partner}"),
      { N_("You accepted the invitation of {partner} and are its customer now. It bills you for your resources."),
        N_("Your account starts frozen. You can’t buy, renew or change resources until your partner unfreezes it.") }, { NULL } },
    { NOTICE_INVITATION_ACCEPTED, CUSTOMER, ANY, NULL, N_("You are now associated with {partner}"),
      { N_("You accepted the invitation of {partner} and are its customer now. It bills you for your resources.") }, { NULL } },
    { NOTICE_INVITATION_ACCEPTED, PARTNER, ANY, "ACCOUNT", N_("{customer} accepted your invitation"),
      { N_("{customer} is your customer now."),
        N_("Its account starts frozen. Unfreeze it when everything is settled between you.") }, { NULL } },
    { NOTICE_INVITATION_ACCEPTED, ANY, ANY, NULL, N_("{customer} accepted your invitation"),
      { N_("{customer} is your customer now.") }, { NULL } },
    { NOTICE_INVITATION_DECLINED, ANY, ANY, NULL, N_("Your invitation of {object} was declined"),
      { N_("The invitation of {object} was declined and no longer works."),
        N_("You can send a new one after you have talked to them.") }, { NULL } }
};
const size_t notice_words_n = sizeof notice_words / sizeof notice_words[0];
