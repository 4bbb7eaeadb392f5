#include "flash.h"

#include <string.h>

#include "base/lang.h"

static const struct flash flashes[] = {
    {"finish-first", TONE_INFO, N_("Finish this step first"), N_("You can go on to the next step after this one.")},
    {"moved", TONE_INFO, N_("You continued in another tab"), N_("This is where you are now.")},
    {"draft-gone", TONE_WARN, N_("This request was not finished within 24 hours"), N_("Nothing was sent. You can start again.")},
    {"changed", TONE_WARN, N_("Something changed while you were here"),
     N_("Fix this item, then submit. Your reason is saved.")},
    {"draft-left", TONE_OK, N_("You left this request"), N_("Nothing was sent and nothing was counted.")},
    {"withdrawn", TONE_OK, N_("You withdrew your request"), N_("You stay associated with your partner. We have told them.")},
    {"asked-unfreeze", TONE_OK, N_("We asked your partner to unfreeze your account"),
     N_("We tell you in Notifications when they have done it.")},
    {"asked-before", TONE_INFO, N_("You have already asked your partner to unfreeze your account"),
     N_("We tell you in Notifications when they have done it.")},
    {"read-all", TONE_OK, N_("All notifications are marked as read"), ""},
    {"password-set", TONE_OK, N_("Your password was changed"), N_("Sign in with the new one. All other sessions were ended.")},
    {"sign-in-again", TONE_WARN, N_("Sign in again"), N_("Too much time has passed since you entered your password.")},
    {"not-associated", TONE_INFO, N_("You are no longer associated with this partner"), N_("There is nothing to disassociate from.")},
    {"already-open", TONE_INFO, N_("You already have an open request"), N_("You can see its status here.")},
    {"withdrew", TONE_OK, N_("You withdrew your request"), N_("The customer stays associated with you. We have told them.")},
    {"customer-left", TONE_INFO, N_("This customer is no longer associated with you"), N_("There is nothing left to end.")},
    {"answer-customer", TONE_INFO, N_("The customer has just sent a request to end the association"),
     N_("You can answer it here. Your own request was not sent and was not counted.")},
    {"answer-it", TONE_INFO, N_("Your partner has just sent a request to end the association"),
     N_("You can answer it here. Your own request was not sent and was not counted.")},
    {"asked-by-customer", TONE_INFO, N_("There is an open request"), N_("The customer asks to end the association. You can answer it here.")},
    {"asked-by-partner", TONE_INFO, N_("There is an open request"), N_("Your partner asks to end the association. You can answer it here.")},
    {"invited", TONE_OK, N_("Invitation sent"), N_("You can follow it here.")},
    {"invited-by-link", TONE_OK, N_("The link is ready"), N_("It works for one customer. Hand over the link or its QR code.")},
    {"invited-again", TONE_OK, N_("Invitation sent again"), N_("The link in the earlier message no longer works.")},
    {"invitation-revoked", TONE_OK, N_("Invitation revoked"), N_("Its link no longer works.")},
    {"registered", TONE_OK, N_("Your account is ready and you are signed in"), N_("Now read the invitation and answer it.")},
    {"associated", TONE_OK, N_("You are associated with your partner"), N_("You accepted the invitation. We have told your partner.")},
    {"unfrozen", TONE_OK, N_("The account is unfrozen"), N_("We have told the customer. Now you can answer the request.")},
    {"ops-completed", TONE_OK, N_("You agreed to the request"), N_("The customer has left its partner. We have told both sides.")},
    {"ops-rejected", TONE_OK, N_("You rejected the request"), N_("The association goes on. We have told both sides.")},
    {"granted", TONE_OK, N_("More requests granted"), N_("We have told whoever got them.")},
    {"grant-revoked", TONE_OK, N_("Granted requests taken back"), N_("We have told whoever had them.")},
    {"contact-replaced", TONE_OK, N_("The contact was replaced"), N_("We have told the earlier address and the new one.")},
    {"account-closed", TONE_OK, N_("The account is closed"), N_("We have told it and its other side.")},
    {"user-disabled", TONE_OK, N_("The user is disabled"), N_("All sessions were ended. We have told the person.")},
    {"user-enabled", TONE_OK, N_("The user is enabled"), N_("We have told the person.")},
    {"user-sessions-ended", TONE_OK, N_("All sessions of the user were ended"), N_("We have told the person.")},
    {"user-factor-reset", TONE_OK, N_("Two-step sign-in was reset"), N_("All sessions were ended. We have told the person.")},
    {"notice-retried", TONE_OK, N_("The message is sent again"), ""},
    {"notices-retried", TONE_OK, N_("The messages are sent again"), N_("What is still here can’t be sent again, or waits for the next turn.")},
    {"event-retried", TONE_OK, N_("The event is sent again"), ""},
    {"events-retried", TONE_OK, N_("The events are sent again"), N_("What is still here waits for the next turn.")},
    {"event-gone", TONE_INFO, N_("There is no event to send again"), N_("Somebody was faster.")},
    {"notice-gone", TONE_INFO, N_("There is nothing to send again"), N_("Somebody was faster, or its words were wiped.")},
    {"rule-changed", TONE_OK, N_("The account check was changed"), ""},
    {"rules-used", TONE_OK, N_("Another set of account checks is in force"), N_("Every check is made by it from now on.")},
    {"freeze-lifted", TONE_OK, N_("The freeze is lifted"), N_("We have told the account.")},
    {"ops-froze", TONE_OK, N_("The account is frozen"), N_("We have told it.")},
    {"names-shown", TONE_OK, N_("Full names are shown"), N_("This was logged. They are shown until you sign out.")},
    {"contract-settled", TONE_OK, N_("The contract is marked as settled"), N_("We have told the customer.")},
    {"unsubscribed", TONE_OK, N_("Unsubscribed"), N_("It ended today.")},
    {"member-released", TONE_OK, N_("The member is disassociated"), N_("It is no longer linked to your account.")},
    {"information-saved", TONE_OK, N_("Account information saved"), ""},
    {"watching", TONE_OK, N_("We tell you when all checks pass"), N_("You find it in Notifications and in your email.")},
    {"watch-passed", TONE_INFO, N_("All checks pass already"), N_("There is nothing to wait for.")},
    {"code-on", TONE_OK, N_("Verification codes are on"), N_("We have told your team.")},
    {"code-off", TONE_OK, N_("Verification codes are off"), N_("We have told your team.")},
    {"team-invited", TONE_OK, N_("Invitation sent"), N_("The person can join for 7 days.")},
    {"team-taken-back", TONE_OK, N_("Invitation taken back"), N_("Its link no longer works.")},
    {"team-gone", TONE_INFO, N_("This invitation does not wait any more"), N_("It was used, taken back or is too old.")},
    {"team-role", TONE_OK, N_("The role was changed"), N_("The person was signed out and can sign in again.")},
    {"team-removed", TONE_OK, N_("The person was removed"), N_("All their sessions were ended.")},
    {"contact-proven", TONE_OK, N_("Your new contact is proven"), N_("Codes and notices can go there now.")},
    {"contact-removed", TONE_OK, N_("The contact was removed"), N_("We have told it.")},
    {"preferences-saved", TONE_OK, N_("Preferences saved"), ""},
    {"session-ended", TONE_OK, N_("The session was ended"), N_("Whoever used it has to sign in again.")},
    {"sessions-ended", TONE_OK, N_("All other sessions were ended"), N_("Whoever used them has to sign in again.")},
    {"session-gone", TONE_INFO, N_("This session is over already"), N_("To end the one you use now, sign out.")},
    {"password-changed", TONE_OK, N_("Your password was changed"), N_("All your other sessions were ended.")},
    {"factor-off", TONE_OK, N_("Two-step sign-in is off"), N_("Your recovery codes no longer work.")},
    {"factor-again", TONE_WARN, N_("Start again"), N_("The key was used, replaced or waited for more than an hour.")},
    {"joined", TONE_OK, N_("You have joined"), N_("Sign in with your user name and the password you chose.")},
    {"payment-added", TONE_OK, N_("Payment method added"), N_("It is charged from now on when nobody else pays for your resources.")},
    {"payment-default", TONE_OK, N_("This payment method is charged first now"), ""},
    {"payment-removed", TONE_OK, N_("Payment method removed"), ""},
    {"export-asked", TONE_OK, N_("The export is being prepared"), N_("You can download it here when it is ready.")},
    {"export-busy", TONE_INFO, N_("Another export of yours is being prepared"), N_("Start the next one when it is ready.")},
    {"export-gone", TONE_INFO, N_("This file is not there any more"), N_("Export the log again.")},
    {"export-again", TONE_INFO, N_("Select Download once more"), N_("A download is open for one minute, and each one is logged.")},
    {"resource-paid", TONE_OK, N_("Payment received"), N_("The resource is active, and its next payment is shown below.")},
};

static const char *const not_taken[] = {"finish-first", "moved", "draft-gone"};

const struct flash *flash_find(const char *code)
{
    for (size_t i = 0; i < sizeof flashes / sizeof flashes[0]; i++)
        if (strcmp(flashes[i].code, code) == 0)
            return &flashes[i];
    return NULL;
}

bool flash_says_not_taken(const char *code)
{
    for (size_t i = 0; i < sizeof not_taken / sizeof not_taken[0]; i++)
        if (strcmp(not_taken[i], code) == 0)
            return true;
    return false;
}
