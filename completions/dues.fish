# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_dues_global_optspecs
    string join \n book= config= json no-input y/yes dry-run h/help V/version
end

function __fish_dues_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_dues_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_dues_using_subcommand
    set -l cmd (__fish_dues_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c dues -n "__fish_dues_needs_command" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_needs_command" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_needs_command" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_needs_command" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_needs_command" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_needs_command" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_needs_command" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_needs_command" -s V -l version -d 'Print version'
complete -c dues -n "__fish_dues_needs_command" -f -a "init" -d 'Make a new book'
complete -c dues -n "__fish_dues_needs_command" -f -a "demo" -d 'Watch the whole job once, in a temporary folder'
complete -c dues -n "__fish_dues_needs_command" -f -a "status" -d 'See what needs a person'
complete -c dues -n "__fish_dues_needs_command" -f -a "customer" -d 'Customers: add, edit, list, show, hold'
complete -c dues -n "__fish_dues_needs_command" -f -a "card" -d 'Saved cards and the consent to charge them'
complete -c dues -n "__fish_dues_needs_command" -f -a "invoice" -d 'Invoices: add, import, list, show, void, hold'
complete -c dues -n "__fish_dues_needs_command" -f -a "credit" -d 'Credit memos: add, list, show, apply, cancel'
complete -c dues -n "__fish_dues_needs_command" -f -a "charge" -d 'Charge a saved card; look after charges'
complete -c dues -n "__fish_dues_needs_command" -f -a "schedule" -d 'Charges on a date: add, list, move, skip, run'
complete -c dues -n "__fish_dues_needs_command" -f -a "autopay" -d 'Customers whose due invoices are charged by themselves'
complete -c dues -n "__fish_dues_needs_command" -f -a "payment" -d 'Money received: what it pays; refund, void'
complete -c dues -n "__fish_dues_needs_command" -f -a "deposit" -d 'Deposits: checks and cash brought to the bank together'
complete -c dues -n "__fish_dues_needs_command" -f -a "refund" -d 'Money given back: list, show, decide'
complete -c dues -n "__fish_dues_needs_command" -f -a "dispute" -d 'Payments that a bank took back (chargebacks): open, list, show, won, lost, accept'
complete -c dues -n "__fish_dues_needs_command" -f -a "report" -d 'What is owed, how old it is, what came in'
complete -c dues -n "__fish_dues_needs_command" -f -a "close" -d 'Close a month: nothing is dated into it any more'
complete -c dues -n "__fish_dues_needs_command" -f -a "export" -d 'The book handed over: journal, invoices, payments, customers'
complete -c dues -n "__fish_dues_needs_command" -f -a "mail" -d 'Mails: list, read, send, retry, cancel'
complete -c dues -n "__fish_dues_needs_command" -f -a "gateway" -d 'Gateways (card processors): log in, check, log out'
complete -c dues -n "__fish_dues_needs_command" -f -a "check" -d 'Prove that the book is right'
complete -c dues -n "__fish_dues_needs_command" -f -a "backup" -d 'Copy the book to a file, and check the copy'
complete -c dues -n "__fish_dues_needs_command" -f -a "restore" -d 'Put a backup in the book\'s place'
complete -c dues -n "__fish_dues_needs_command" -f -a "log" -d 'Who changed what, when'
complete -c dues -n "__fish_dues_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c dues -n "__fish_dues_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand init" -l name -d 'Your business, as customers read it in mails' -r
complete -c dues -n "__fish_dues_using_subcommand init" -l currency -d 'The currency you invoice in; USD if not given' -r
complete -c dues -n "__fish_dues_using_subcommand init" -l zone -d 'Your time zone; the machine\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand init" -l gateway -d 'The gateway (card processor) for new cards' -r
complete -c dues -n "__fish_dues_using_subcommand init" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand init" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand init" -l live -d 'A book for real money; fixed for the life of the book'
complete -c dues -n "__fish_dues_using_subcommand init" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand init" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand init" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand init" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand init" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand demo" -l folder -d 'Where to play; a new temporary folder if not given' -r -F
complete -c dues -n "__fish_dues_using_subcommand demo" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand demo" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand demo" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand demo" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand demo" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand demo" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand demo" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand status" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand status" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand status" -s q -l quiet -d 'Print nothing unless something needs a person'
complete -c dues -n "__fish_dues_using_subcommand status" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand status" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand status" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand status" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand status" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "add" -d 'Add a customer'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "edit" -d 'Change a customer\'s name, code, mail address or terms'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "list" -d 'List customers with what they owe'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "contact" -d 'Who gets receipts and statements'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "note" -d 'What was said, and what was promised'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "show" -d 'Show a customer: cards, open invoices, credit'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "hold" -d 'Charge nothing of a customer by itself for now'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "release" -d 'Let schedules and autopay charge a customer again'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "archive" -d 'Take a customer off the lists; nothing of them is charged'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "unarchive" -d 'List an archived customer again'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "merge" -d 'Give all that one customer has to another: they were added twice'
complete -c dues -n "__fish_dues_using_subcommand customer; and not __fish_seen_subcommand_from add edit list contact note show hold release archive unarchive merge help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l code -d 'The short code you will type; made from the name if not given' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l email -d 'Where confirmations go' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l id -d 'What your other system calls them: the id in its files' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l phone -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l billing-address -d 'Where invoices go, on a line' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l terms -d 'When invoices are due: `net 30`, `eom`, `eom+10`, `2/10 net 30`, `prepaid`' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l name -d 'The new name' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l code -d 'The new code; the one before still means them' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l email -d 'Where confirmations go; `none` for nowhere' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l id -d 'One more id that your other systems call them by' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l phone -d '`none` for none' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l billing-address -d 'Where invoices go, on a line; `none` for nowhere' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l terms -d 'When new invoices are due: `net 30`, `eom`, `eom+10`, `2/10 net 30`, `prepaid`' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l allocate -d 'What their money pays where they say nothing: the invoices that were due first (the default) or issued first, only what it is exactly, or none' -r -f -a "oldest-due\t''
oldest\t''
exact\t''
none\t''"
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l search -d 'Only those whose code, name, address, phone, id or contact has this text' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l over -d 'Only those with an invoice past due by more than so many days: `90d`' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l limit -d 'No more than so many' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l archived -d 'Archived ones too'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -f -a "add" -d 'Let somebody at a customer get receipts, statements, or both'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -f -a "list" -d 'List a customer\'s contacts, and where their mails go'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -f -a "remove" -d 'Let a contact get nothing any more'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from contact" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -f -a "add" -d 'Note something of a customer, or what they promised to pay'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -f -a "list" -d 'List what was noted of a customer, newest first'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from note" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from hold" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from hold" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from hold" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from hold" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from hold" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from hold" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from hold" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from hold" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from release" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from release" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from release" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from release" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from release" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from release" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from release" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from archive" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from archive" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from archive" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from archive" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from archive" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from archive" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from archive" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from unarchive" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from unarchive" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from unarchive" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from unarchive" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from unarchive" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from unarchive" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from unarchive" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from merge" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from merge" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from merge" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from merge" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from merge" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from merge" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from merge" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from merge" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a customer'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Change a customer\'s name, code, mail address or terms'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "list" -d 'List customers with what they owe'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "contact" -d 'Who gets receipts and statements'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "note" -d 'What was said, and what was promised'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a customer: cards, open invoices, credit'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "hold" -d 'Charge nothing of a customer by itself for now'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "release" -d 'Let schedules and autopay charge a customer again'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "archive" -d 'Take a customer off the lists; nothing of them is charged'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "unarchive" -d 'List an archived customer again'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "merge" -d 'Give all that one customer has to another: they were added twice'
complete -c dues -n "__fish_dues_using_subcommand customer; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "add" -d 'Save a card by the token the gateway gave for it; never by its number'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "list" -d 'List saved cards'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "show" -d 'Show a card and the consent it rests on'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "rename" -d 'Give a card a nickname'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "default" -d 'Make a card the customer\'s default'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "disable" -d 'Stop charging a card'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "enable" -d 'Charge a card again that was disabled'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "move" -d 'Give a card to the customer whose it is'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "authorize" -d 'Record the customer\'s consent to charge a card'
complete -c dues -n "__fish_dues_using_subcommand card; and not __fish_seen_subcommand_from add list show rename default disable enable move authorize help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l nickname -d 'A name to tell cards apart: `office`, `truck`' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l gateway -d 'The gateway that saved it; the book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l by -d 'Who agreed that the card may be charged' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l how -d 'How they agreed: `signed form`, `email of 3 March`' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l scope -d 'What it covers: any, invoices (no money on account), scheduled' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l ceiling -d 'The most that one charge may take' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l until -d 'The last day it holds' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from rename" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from rename" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from rename" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from rename" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from rename" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from rename" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from default" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from default" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from default" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from default" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from default" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from default" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from default" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from disable" -l because -d 'Why, for the log' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from disable" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from disable" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from disable" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from disable" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from disable" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from disable" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from enable" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from enable" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from enable" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from enable" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from enable" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from enable" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from move" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from move" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from move" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from move" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from move" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from move" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from move" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l by -d 'Who agreed that the card may be charged' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l how -d 'How they agreed: `signed form`, `email of 3 March`' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l scope -d 'What it covers: any, invoices (no money on account), scheduled' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l ceiling -d 'The most that one charge may take' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l until -d 'The last day it holds' -r
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l form -d 'The signed form: copied beside the book, and into each backup' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from authorize" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "add" -d 'Save a card by the token the gateway gave for it; never by its number'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "list" -d 'List saved cards'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a card and the consent it rests on'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Give a card a nickname'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "default" -d 'Make a card the customer\'s default'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "disable" -d 'Stop charging a card'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "enable" -d 'Charge a card again that was disabled'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "move" -d 'Give a card to the customer whose it is'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "authorize" -d 'Record the customer\'s consent to charge a card'
complete -c dues -n "__fish_dues_using_subcommand card; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "add" -d 'Add an invoice'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "import" -d 'Import invoices from a CSV file'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "list" -d 'List open invoices, oldest due first'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "show" -d 'Show an invoice and what was paid on it'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "attach" -d 'Keep a file with an invoice: a delivery note, an order'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "hold" -d 'Leave an invoice out of schedules and autopay for now'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "release" -d 'Let schedules and autopay charge an invoice again'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "void" -d 'Make an invoice void: owed by nobody, kept for the record'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "correct" -d 'Put another invoice in the place of a wrong one'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "edit" -d 'Change when an invoice is due, its memo or its PO number'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "writeoff" -d 'Take off what will not be paid, or is not worth asking for'
complete -c dues -n "__fish_dues_using_subcommand invoice; and not __fish_seen_subcommand_from add import list show attach hold release void correct edit writeoff help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l issued -d 'When it was issued; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l due -d 'When it is due; by its terms if not given' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l terms -d '`net 30`, `eom`, `2/10 net 30`, `prepaid`; the customer\'s if not given' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l po -d 'The customer\'s own number for it' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l currency -d 'The book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l memo -d 'What it is for' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l currency -d 'The currency of rows that name none; the book\'s own for a file without such a column' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l amount-unit -d 'What `1500` is: `major` (1500.00) or `minor` (15.00)' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l terms -d 'For rows without a due date: `net 30`, `eom`, `2/10 net 30`' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l date-format -d 'How dates are written: D/M/Y, M/D/Y or Y/M/D' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l decimal -d 'The decimal mark: `.` or `,`' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l delimiter -d 'What stands between columns: `,`, `;` or `tab`' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l not-card -d 'A column whose numbers only look like card numbers; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l encoding -d 'How letters are stored: `utf-8` or `windows-1252`' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l create-customers -d 'Make customers that the book does not have'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -l customer -d 'Only this customer\'s' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -l all -d 'Paid and void ones too'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -l overdue -d 'Only those past their due date'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from attach" -l kind -d 'What it is: delivery, correspondence, contract, policy, other' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from attach" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from attach" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from attach" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from attach" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from attach" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from attach" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from attach" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from hold" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from hold" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from hold" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from hold" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from hold" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from hold" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from hold" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from hold" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from release" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from release" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from release" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from release" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from release" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from release" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from release" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from void" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from void" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from void" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from void" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from void" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from void" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from void" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from void" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l amount -d 'What it should have been for, in major units: 480' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l because -d 'Why; the customer reads it where they had the wrong one' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l number -d 'The number of the new one; `INV-7-2` for the first of `INV-7` if not given' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l sent -d 'The customer has it: credit it, although nothing is paid'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l no-email -d 'Write no mail to the customer'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from correct" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -l due -d 'When it is due' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -l memo -d 'What it is for; `none` for nothing' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -l po -d 'The customer\'s own number for it; `none` for none' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l amount -d 'How much, in major units; all that is open if not given' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l under -d 'Every invoice with less than this open' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l older -d 'Of those only the ones that were due so long ago: 90d' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l currency -d 'The currency of `--under`; the book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l undo -d 'Ask again for what was written off' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l on -d 'The day it counts for; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from writeoff" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add an invoice'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "import" -d 'Import invoices from a CSV file'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "list" -d 'List open invoices, oldest due first'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show an invoice and what was paid on it'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "attach" -d 'Keep a file with an invoice: a delivery note, an order'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "hold" -d 'Leave an invoice out of schedules and autopay for now'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "release" -d 'Let schedules and autopay charge an invoice again'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "void" -d 'Make an invoice void: owed by nobody, kept for the record'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "correct" -d 'Put another invoice in the place of a wrong one'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Change when an invoice is due, its memo or its PO number'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "writeoff" -d 'Take off what will not be paid, or is not worth asking for'
complete -c dues -n "__fish_dues_using_subcommand invoice; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -f -a "add" -d 'Credit a customer with an amount that they need not pay'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -f -a "list" -d 'List credit memos, newest first'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -f -a "show" -d 'Show a credit memo and what it pays'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -f -a "apply" -d 'Apply a credit memo to an invoice'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -f -a "cancel" -d 'Cancel what of a credit memo is not used'
complete -c dues -n "__fish_dues_using_subcommand credit; and not __fish_seen_subcommand_from add list show apply cancel help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l amount -d 'How much, in major units: 50' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l because -d 'Why; the customer reads it, too' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l number -d 'Its number on the paper; the next free `CM-` number if not given' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l invoice -d 'The invoice that it is for' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l on -d 'The day it counts for; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l currency -d 'The invoice\'s own, or the book\'s, if not given' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l no-apply -d 'Leave all of it on account'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l no-email -d 'Write no mail to the customer'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -l customer -d 'Only this customer\'s' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -l unapplied -d 'Only those with something that pays no invoice yet'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -l invoice -d 'The invoice it pays' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -l amount -d 'How much; as much as possible if not given' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -l on -d 'The day it counts for; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from help" -f -a "add" -d 'Credit a customer with an amount that they need not pay'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from help" -f -a "list" -d 'List credit memos, newest first'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a credit memo and what it pays'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Apply a credit memo to an invoice'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'Cancel what of a credit memo is not used'
complete -c dues -n "__fish_dues_using_subcommand credit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l card -d 'The last four, the nickname; the default card if not given' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l invoice -d 'An invoice to pay, whole or in part; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l amount -d 'An amount, on the oldest due invoices first' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l currency -d 'The currency of `--amount`; the book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l exclude -d 'Leave an invoice out; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l memo -d 'A note for the book and the confirmation' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l request-id -d 'A script\'s own id: the same id never charges twice' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l all-due -d 'Everything that is due'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l on-account -d 'Let what exceeds the open invoices stay on account'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l use-credits -d 'Use the customer\'s credits before the card'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l no-email -d 'Write no confirmation'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l again -d 'The same once more, or a card that the bank refused for good'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -a "list" -d 'List charges, newest first'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -a "show" -d 'Show a charge and all that came of it'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -a "review" -d 'See the charges and refunds that a person must decide'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -a "resolve" -d 'Decide an unknown charge after looking at the gateway\'s own page'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -a "recover" -d 'Find out what became of unknown charges and refunds'
complete -c dues -n "__fish_dues_using_subcommand charge; and not __fish_seen_subcommand_from list show review resolve recover help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -l customer -d 'Only this customer\'s' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -l open -d 'Only those whose outcome is not final'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from review" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from review" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from review" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from review" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from review" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from review" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from review" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -l charged -d 'It was charged, under this id of the gateway\'s' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -l because -d 'How you know, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -l not-charged -d 'It was not charged'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from resolve" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from recover" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from recover" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from recover" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from recover" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from recover" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from recover" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from recover" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from help" -f -a "list" -d 'List charges, newest first'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a charge and all that came of it'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from help" -f -a "review" -d 'See the charges and refunds that a person must decide'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from help" -f -a "resolve" -d 'Decide an unknown charge after looking at the gateway\'s own page'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from help" -f -a "recover" -d 'Find out what became of unknown charges and refunds'
complete -c dues -n "__fish_dues_using_subcommand charge; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "add" -d 'Charge a card on a date, once or again and again'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "list" -d 'List what is scheduled, with the next dates'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "show" -d 'Show a schedule, every date of it and what came of it'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "move" -d 'Move one date of a schedule to another day'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "skip" -d 'Leave one date of a schedule out'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "cancel" -d 'End a schedule: nothing of it is charged any more'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "run" -d 'Charge what is due: schedules, autopay, retries; then send the mails'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "doctor" -d 'Say when the last run was, and whether cron could do its work here'
complete -c dues -n "__fish_dues_using_subcommand schedule; and not __fish_seen_subcommand_from add list show move skip cancel run doctor help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l on -d 'The day, or the first of them: 2026-11-30, mon, tomorrow, +3d, eom' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l at -d 'The time of day; 09:00 if not given' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l zone -d 'The zone of that time; the book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l card -d 'The last four, the nickname; on each day the default card if not given' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l invoice -d 'An invoice to pay, what is open of it then or at most an amount; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l amount -d 'An amount, or what is open then if that is less; oldest due invoices first' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l currency -d 'The currency of `--amount`; the book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l every -d 'Again and again: month, 2 weeks, 10 days' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l day -d 'The day of the month; 31 is the last one of each' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l count -d 'How often in all' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l until -d 'The last day it may be charged' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l memo -d 'A note for the book and the confirmation' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l all-due -d 'Everything that is due then'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l on-account -d 'Let what exceeds the open invoices stay on account'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l lock-amount -d 'Charge exactly what is shown now, or nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l use-credits -d 'Use the customer\'s credits before the card'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l no-email -d 'Write no confirmation'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -l customer -d 'Only this customer\'s' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -l all -d 'Ended ones too'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -l to -d 'The day it is charged instead' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -l at -d 'Another time of day' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from move" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from skip" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from skip" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from skip" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from skip" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from skip" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from skip" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from skip" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from skip" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from cancel" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from cancel" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from cancel" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from cancel" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from cancel" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from cancel" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l until -d 'Look ahead to the end of this day; only with --dry-run' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l save -d 'Keep what --dry-run shows in a file, to be run exactly so' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l plan -d 'Charge what this saved plan says, and nothing else' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l max-total -d 'The most to take in all' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l max-count -d 'The most charges' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l stop-after-declines -d 'Stop after so many declines' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l jobs -d 'How many charges to ask for at once' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l max-late -d 'Hold for a person what is later than this' -r
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print one line if it did anything, and leave to `status` what is as it was'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from doctor" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from doctor" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from doctor" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from doctor" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from doctor" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from doctor" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "add" -d 'Charge a card on a date, once or again and again'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "list" -d 'List what is scheduled, with the next dates'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a schedule, every date of it and what came of it'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "move" -d 'Move one date of a schedule to another day'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "skip" -d 'Leave one date of a schedule out'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'End a schedule: nothing of it is charged any more'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "run" -d 'Charge what is due: schedules, autopay, retries; then send the mails'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "doctor" -d 'Say when the last run was, and whether cron could do its work here'
complete -c dues -n "__fish_dues_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -f -a "on" -d 'Charge a customer\'s invoices by themselves when they are due'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -f -a "off" -d 'Charge a customer\'s invoices no longer by themselves'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -f -a "list" -d 'List the customers with autopay, and what it would charge today'
complete -c dues -n "__fish_dues_using_subcommand autopay; and not __fish_seen_subcommand_from on off list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l when -d 'When: `due`, or days after the due date such as `+3d`' -r
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l max -d 'The most that one charge may take' -r
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l card -d 'The last four, the nickname; on each day the default card if not given' -r
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l at -d 'The time of day; 09:00 if not given' -r
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l zone -d 'The zone of that time; the book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l use-credits -d 'Use the customer\'s credits before the card'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from on" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from off" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from off" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from off" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from off" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from off" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from off" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from off" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from help" -f -a "on" -d 'Charge a customer\'s invoices by themselves when they are due'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from help" -f -a "off" -d 'Charge a customer\'s invoices no longer by themselves'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the customers with autopay, and what it would charge today'
complete -c dues -n "__fish_dues_using_subcommand autopay; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "record" -d 'Record money that came by check, wire or cash'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "identify" -d 'Say whose the money is that came without a name'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "list" -d 'List payments, newest first'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "show" -d 'Show a payment and what it paid'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "apply" -d 'Apply money on account to invoices'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "unapply" -d 'Take money back from invoices; it is on account again'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "bounce" -d 'Book that the bank returned a check or a debit'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "move" -d 'Book a payment to the customer whose it is'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "refund" -d 'Give money of a payment back to the card it came from'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "void" -d 'Cancel the charge of a payment before it is settled'
complete -c dues -n "__fish_dues_using_subcommand payment; and not __fish_seen_subcommand_from record identify list show apply unapply bounce move refund void help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l amount -d 'How much came' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l currency -d 'The currency of `--amount`; the book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l method -d 'How it came' -r -f -a "check\t''
cash\t''
ach\t''
wire\t''
other\t''"
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l ref -d 'The payer\'s own number: of the check, of the transfer' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l on -d 'When it came; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l invoice -d 'An invoice it pays, whole or in part; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l allocate -d 'What is paid where the payer said nothing' -r -f -a "oldest-due\t''
oldest\t''
exact\t''
none\t''"
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l exclude -d 'An invoice that is left out then; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l discount -d 'The discount that the invoice\'s terms give for paying early, or an amount with `--because`; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l short -d 'The rest of an invoice that was paid short, and why; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l because -d 'Why a discount is granted that the terms do not give' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l memo -d 'A note for the book and the confirmation' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l payer -d 'What is known of who paid' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l again -d 'It is another payment with the same number'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l no-email -d 'Write no confirmation'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l unidentified -d 'Nobody knows yet who paid'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from record" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l invoice -d 'An invoice it pays, whole or in part; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l allocate -d 'What is paid where the payer said nothing' -r -f -a "oldest-due\t''
oldest\t''
exact\t''
none\t''"
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l exclude -d 'An invoice that is left out then; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l discount -d 'The discount that the invoice\'s terms give for paying early, or an amount with `--because`; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l short -d 'The rest of an invoice that was paid short, and why; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l because -d 'Why a discount is granted that the terms do not give' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l again -d 'It is another payment with the same number'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l no-email -d 'Write no confirmation'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from identify" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -l customer -d 'Only this customer\'s' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -l unapplied -d 'Only those with money that pays no invoice yet'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -l unidentified -d 'Only money that nobody can name yet'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l invoice -d 'An invoice it pays, whole or in part; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l allocate -d 'What is paid where the payer said nothing' -r -f -a "oldest-due\t''
oldest\t''
exact\t''
none\t''"
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l exclude -d 'An invoice that is left out then; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l amount -d 'How much of one invoice; as much as possible if not given' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l all -d 'All money on account of every customer, by their own policy'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from unapply" -l invoice -d 'The invoice it is taken back from, whole or in part; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from unapply" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from unapply" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from unapply" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from unapply" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from unapply" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from unapply" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from unapply" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l fee -d 'What the customer is asked for the trouble, on an invoice of its own' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l fee-number -d 'The number of that invoice; made from the payment\'s if not given' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l on -d 'When the bank returned it; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l because -d 'Why, in the bank\'s words' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l no-email -d 'Write no mail to the customer'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from bounce" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from move" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from move" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from move" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from move" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from move" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from move" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from move" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l amount -d 'How much; all that is left if not given' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l reopen -d 'An invoice that is open again then, whole or in part; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l from-credit -d 'Only from what pays no invoice; nothing is open again'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l no-email -d 'Write no mail to the customer'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from refund" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -l no-email -d 'Write no mail to the customer'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from void" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "record" -d 'Record money that came by check, wire or cash'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "identify" -d 'Say whose the money is that came without a name'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "list" -d 'List payments, newest first'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a payment and what it paid'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Apply money on account to invoices'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "unapply" -d 'Take money back from invoices; it is on account again'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "bounce" -d 'Book that the bank returned a check or a debit'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "move" -d 'Book a payment to the customer whose it is'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "refund" -d 'Give money of a payment back to the card it came from'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "void" -d 'Cancel the charge of a payment before it is settled'
complete -c dues -n "__fish_dues_using_subcommand payment; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -f -a "add" -d 'Put recorded payments into one deposit'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -f -a "list" -d 'List deposits, newest first'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -f -a "show" -d 'Show a deposit and its payments'
complete -c dues -n "__fish_dues_using_subcommand deposit; and not __fish_seen_subcommand_from add list show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l total -d 'What all of them come to' -r
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l currency -d 'The currency of the total; the book\'s own if not given' -r
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l on -d 'When it was brought to the bank; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l memo -d 'A note for the book' -r
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from help" -f -a "add" -d 'Put recorded payments into one deposit'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from help" -f -a "list" -d 'List deposits, newest first'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a deposit and its payments'
complete -c dues -n "__fish_dues_using_subcommand deposit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -f -a "list" -d 'List refunds and voids, newest first'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -f -a "show" -d 'Show a refund and all that came of it'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -f -a "resolve" -d 'Decide an unknown refund after looking at the gateway\'s own page'
complete -c dues -n "__fish_dues_using_subcommand refund; and not __fish_seen_subcommand_from list show resolve help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -l customer -d 'Only this customer\'s' -r
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -l open -d 'Only those whose outcome is not final'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -l given-back -d 'It was given back, under this id of the gateway\'s' -r
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -l because -d 'How you know, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -l not-given-back -d 'It was not given back'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from resolve" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from help" -f -a "list" -d 'List refunds and voids, newest first'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a refund and all that came of it'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from help" -f -a "resolve" -d 'Decide an unknown refund after looking at the gateway\'s own page'
complete -c dues -n "__fish_dues_using_subcommand refund; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "open" -d 'Book that a bank took a payment back (a chargeback), whole or in part'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "list" -d 'List disputes: the open ones first, by the day of their answer'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "show" -d 'Show a dispute, what it reopened, and what to do'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "evidence" -d 'Put together what the book has for the bank: a folder with a page to read and print'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "attach" -d 'Keep a file with a dispute: a delivery note, what the customer wrote'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "answered" -d 'You answered the bank: it decides now, and `status` waits with it'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "won" -d 'The bank gave the money again: it pays what the dispute had reopened'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "lost" -d 'The bank decided for the customer: the money is gone'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "accept" -d 'Give in without an answer: the money is gone'
complete -c dues -n "__fish_dues_using_subcommand dispute; and not __fish_seen_subcommand_from open list show evidence attach answered won lost accept help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l amount -d 'How much the bank took; all that is left if not given' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l reason -d 'Why, in the bank\'s words' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l fee -d 'What the gateway takes for the trouble' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l respond-by -d 'The last day for an answer' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l on -d 'The day on which the bank took it; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l reopen -d 'An invoice that is open again then, whole or in part; may be repeated' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l again -d 'It is another dispute, although one of as much is open'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from open" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -l customer -d 'Only this customer\'s' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -l open -d 'Only those that are not decided'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from evidence" -l to -d 'A folder that does not exist yet; `evidence-DSP-1` where you are if not given' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from evidence" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from evidence" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from evidence" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from evidence" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from evidence" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from evidence" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from evidence" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from attach" -l kind -d 'What it is: delivery, correspondence, contract, policy, other' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from attach" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from attach" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from attach" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from attach" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from attach" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from attach" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from attach" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -l on -d 'The day on which you answered; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -l ref -d 'What the gateway or the bank calls it' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from answered" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -l on -d 'The day on which it was decided; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from won" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -l on -d 'The day on which it was decided; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from lost" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -l on -d 'The day on which it was decided; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from accept" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "open" -d 'Book that a bank took a payment back (a chargeback), whole or in part'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "list" -d 'List disputes: the open ones first, by the day of their answer'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a dispute, what it reopened, and what to do'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "evidence" -d 'Put together what the book has for the bank: a folder with a page to read and print'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "attach" -d 'Keep a file with a dispute: a delivery note, what the customer wrote'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "answered" -d 'You answered the bank: it decides now, and `status` waits with it'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "won" -d 'The bank gave the money again: it pays what the dispute had reopened'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "lost" -d 'The bank decided for the customer: the money is gone'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "accept" -d 'Give in without an answer: the money is gone'
complete -c dues -n "__fish_dues_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -f -a "aging" -d 'Who owes how much, and for how long'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -f -a "open" -d 'Every invoice that is not paid'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -f -a "payments" -d 'What came in between two days, and how'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -f -a "credits" -d 'Money and credit memos that no invoice has used'
complete -c dues -n "__fish_dues_using_subcommand report; and not __fish_seen_subcommand_from aging open payments credits help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l as-of -d 'As it stood at the end of this day; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l by -d 'Age by the due date, or by the date of the invoice' -r -f -a "due\t''
invoice\t''"
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l detail -d 'Every open invoice on a line of its own'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l csv -d 'Print a sheet for a spreadsheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from aging" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -l customer -d 'Only this customer\'s' -r
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -l as-of -d 'As it stood at the end of this day; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -l csv -d 'Print a sheet for a spreadsheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from open" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -l from -d 'The first day; the first of this month if not given' -r
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -l to -d 'The last day; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -l csv -d 'Print a sheet for a spreadsheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from payments" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -l as-of -d 'As it stood at the end of this day; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -l csv -d 'Print a sheet for a spreadsheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from credits" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "aging" -d 'Who owes how much, and for how long'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "open" -d 'Every invoice that is not paid'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "payments" -d 'What came in between two days, and how'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "credits" -d 'Money and credit memos that no invoice has used'
complete -c dues -n "__fish_dues_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand close" -l because -d 'Why, for the record' -r
complete -c dues -n "__fish_dues_using_subcommand close" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand close" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand close" -l undo -d 'Open again what was closed last'
complete -c dues -n "__fish_dues_using_subcommand close" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand close" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand close" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand close" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand close" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -f -a "journal" -d 'The double-entry journal, for the accountant'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -f -a "invoices" -d 'Every invoice, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -f -a "payments" -d 'Every payment, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -f -a "customers" -d 'Every customer, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand export; and not __fish_seen_subcommand_from journal invoices payments customers help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l format -d 'How it is written: for hledger if not given; iif is for QuickBooks Desktop, xero has manual journals, and `--json` prints a document' -r -f -a "hledger\t''
beancount\t''
csv\t''
iif\t''
xero\t''"
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l from -d 'From this day on; what was before is in the balances it begins with' -r
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l to -d 'Up to this day; today if not given' -r
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l currency -d 'Which of several currencies, where a file takes one: iif and xero' -r
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from journal" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from invoices" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from invoices" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from invoices" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from invoices" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from invoices" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from invoices" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from invoices" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from payments" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from payments" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from payments" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from payments" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from payments" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from payments" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from payments" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from customers" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from customers" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from customers" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from customers" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from customers" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from customers" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from customers" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "journal" -d 'The double-entry journal, for the accountant'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "invoices" -d 'Every invoice, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "payments" -d 'Every payment, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "customers" -d 'Every customer, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "list" -d 'List mails, newest first'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "show" -d 'Read a mail'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "send" -d 'Send what waits, each mail in its time'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "retry" -d 'Send a mail now that failed or waits'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "resend" -d 'Send a mail that was sent once more, as a mail of its own'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "redirect" -d 'Let a mail that was not sent go to another address'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "cancel" -d 'Do not send a mail: it is no news any more, or you sent its file yourself'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "login" -d 'Keep the mail server\'s password where the configuration says'
complete -c dues -n "__fish_dues_using_subcommand mail; and not __fish_seen_subcommand_from list show send retry resend redirect cancel login help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from list" -l unsent -d 'Only those that are neither sent nor cancelled'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from show" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from show" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from show" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from send" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from send" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from send" -l written -d 'Also every mail that lies in a folder as a file, however old'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from send" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from send" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from send" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from send" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from send" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from retry" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from retry" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from retry" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from retry" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from retry" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from retry" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from resend" -l to -d 'To this address; the same as before if not given' -r
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from resend" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from resend" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from resend" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from resend" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from resend" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from resend" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from resend" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from redirect" -l to -d 'To this address; where the customer\'s mails go now if not given' -r
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from redirect" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from redirect" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from redirect" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from redirect" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from redirect" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from redirect" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from redirect" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from cancel" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from cancel" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from cancel" -l written -d 'Every mail that lies in a folder as a file'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from cancel" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from cancel" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from cancel" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from login" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from login" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from login" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from login" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from login" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from login" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "list" -d 'List mails, newest first'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "show" -d 'Read a mail'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "send" -d 'Send what waits, each mail in its time'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "retry" -d 'Send a mail now that failed or waits'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "resend" -d 'Send a mail that was sent once more, as a mail of its own'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "redirect" -d 'Let a mail that was not sent go to another address'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'Do not send a mail: it is no news any more, or you sent its file yourself'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "login" -d 'Keep the mail server\'s password where the configuration says'
complete -c dues -n "__fish_dues_using_subcommand mail; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -f -a "list" -d 'List the gateways, and where the book is logged in'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -f -a "login" -d 'Log the book in to a gateway'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -f -a "logout" -d 'Log out, and forget the secret'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -f -a "reconcile" -d 'Take back what was charged and this book does not know, and unlock charging'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -f -a "check" -d 'Ask a gateway whose account this is'
complete -c dues -n "__fish_dues_using_subcommand gateway; and not __fish_seen_subcommand_from list login logout reconcile check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from list" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from list" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from list" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from login" -l source -d 'Where its secret is kept: keyring, file, command or credential; where it is already, or the keyring, if not given' -r
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from login" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from login" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from login" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from login" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from login" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from login" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from logout" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from logout" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from logout" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from logout" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from logout" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from logout" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from logout" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -l compared -d 'How you compared the book yourself: with a gateway that has no list, or for charges that cannot be taken back, which are then set aside' -r
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -l on-account -d 'Book the money of invoices that are not in the book, or that no request names, on account; added later, these would be open'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from reconcile" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from check" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from check" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from check" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from check" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the gateways, and where the book is logged in'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "login" -d 'Log the book in to a gateway'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "logout" -d 'Log out, and forget the secret'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "reconcile" -d 'Take back what was charged and this book does not know, and unlock charging'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "check" -d 'Ask a gateway whose account this is'
complete -c dues -n "__fish_dues_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand check" -l not-card -d 'Say of a place that was named: it only looks like a card number' -r
complete -c dues -n "__fish_dues_using_subcommand check" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand check" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand check" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand check" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand check" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand check" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand check" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand backup" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand backup" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand backup" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand backup" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand backup" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand backup" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand backup" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand restore" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand restore" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand restore" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand restore" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand restore" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand restore" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand restore" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand log" -s n -l limit -d 'How many of the newest changes' -r
complete -c dues -n "__fish_dues_using_subcommand log" -l about -d 'Only what mentions this: `CH-12`, `ROSA`' -r
complete -c dues -n "__fish_dues_using_subcommand log" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand log" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand log" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand log" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand log" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand log" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand log" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand completions" -l book -d 'The book to work on' -r -F
complete -c dues -n "__fish_dues_using_subcommand completions" -l config -d 'The configuration to read' -r -F
complete -c dues -n "__fish_dues_using_subcommand completions" -l json -d 'Print one JSON document'
complete -c dues -n "__fish_dues_using_subcommand completions" -l no-input -d 'Never ask; a missing decision is an error'
complete -c dues -n "__fish_dues_using_subcommand completions" -s y -l yes -d 'Answer yes to the question before a change'
complete -c dues -n "__fish_dues_using_subcommand completions" -l dry-run -d 'Show exactly what would happen, and change nothing'
complete -c dues -n "__fish_dues_using_subcommand completions" -s h -l help -d 'Print help'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "init" -d 'Make a new book'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "demo" -d 'Watch the whole job once, in a temporary folder'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "status" -d 'See what needs a person'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "customer" -d 'Customers: add, edit, list, show, hold'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "card" -d 'Saved cards and the consent to charge them'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "invoice" -d 'Invoices: add, import, list, show, void, hold'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "credit" -d 'Credit memos: add, list, show, apply, cancel'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "charge" -d 'Charge a saved card; look after charges'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "schedule" -d 'Charges on a date: add, list, move, skip, run'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "autopay" -d 'Customers whose due invoices are charged by themselves'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "payment" -d 'Money received: what it pays; refund, void'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "deposit" -d 'Deposits: checks and cash brought to the bank together'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "refund" -d 'Money given back: list, show, decide'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "dispute" -d 'Payments that a bank took back (chargebacks): open, list, show, won, lost, accept'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "report" -d 'What is owed, how old it is, what came in'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "close" -d 'Close a month: nothing is dated into it any more'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "export" -d 'The book handed over: journal, invoices, payments, customers'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "mail" -d 'Mails: list, read, send, retry, cancel'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "gateway" -d 'Gateways (card processors): log in, check, log out'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "check" -d 'Prove that the book is right'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "backup" -d 'Copy the book to a file, and check the copy'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "restore" -d 'Put a backup in the book\'s place'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "log" -d 'Who changed what, when'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "completions" -d 'Print the completions of a shell'
complete -c dues -n "__fish_dues_using_subcommand help; and not __fish_seen_subcommand_from init demo status customer card invoice credit charge schedule autopay payment deposit refund dispute report close export mail gateway check backup restore log completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "add" -d 'Add a customer'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "edit" -d 'Change a customer\'s name, code, mail address or terms'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "list" -d 'List customers with what they owe'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "contact" -d 'Who gets receipts and statements'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "note" -d 'What was said, and what was promised'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "show" -d 'Show a customer: cards, open invoices, credit'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "hold" -d 'Charge nothing of a customer by itself for now'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "release" -d 'Let schedules and autopay charge a customer again'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "archive" -d 'Take a customer off the lists; nothing of them is charged'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "unarchive" -d 'List an archived customer again'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from customer" -f -a "merge" -d 'Give all that one customer has to another: they were added twice'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "add" -d 'Save a card by the token the gateway gave for it; never by its number'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "list" -d 'List saved cards'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "show" -d 'Show a card and the consent it rests on'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "rename" -d 'Give a card a nickname'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "default" -d 'Make a card the customer\'s default'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "disable" -d 'Stop charging a card'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "enable" -d 'Charge a card again that was disabled'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "move" -d 'Give a card to the customer whose it is'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from card" -f -a "authorize" -d 'Record the customer\'s consent to charge a card'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "add" -d 'Add an invoice'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "import" -d 'Import invoices from a CSV file'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "list" -d 'List open invoices, oldest due first'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "show" -d 'Show an invoice and what was paid on it'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "attach" -d 'Keep a file with an invoice: a delivery note, an order'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "hold" -d 'Leave an invoice out of schedules and autopay for now'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "release" -d 'Let schedules and autopay charge an invoice again'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "void" -d 'Make an invoice void: owed by nobody, kept for the record'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "correct" -d 'Put another invoice in the place of a wrong one'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "edit" -d 'Change when an invoice is due, its memo or its PO number'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from invoice" -f -a "writeoff" -d 'Take off what will not be paid, or is not worth asking for'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from credit" -f -a "add" -d 'Credit a customer with an amount that they need not pay'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from credit" -f -a "list" -d 'List credit memos, newest first'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from credit" -f -a "show" -d 'Show a credit memo and what it pays'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from credit" -f -a "apply" -d 'Apply a credit memo to an invoice'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from credit" -f -a "cancel" -d 'Cancel what of a credit memo is not used'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from charge" -f -a "list" -d 'List charges, newest first'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from charge" -f -a "show" -d 'Show a charge and all that came of it'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from charge" -f -a "review" -d 'See the charges and refunds that a person must decide'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from charge" -f -a "resolve" -d 'Decide an unknown charge after looking at the gateway\'s own page'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from charge" -f -a "recover" -d 'Find out what became of unknown charges and refunds'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "add" -d 'Charge a card on a date, once or again and again'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "list" -d 'List what is scheduled, with the next dates'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "show" -d 'Show a schedule, every date of it and what came of it'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "move" -d 'Move one date of a schedule to another day'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "skip" -d 'Leave one date of a schedule out'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "cancel" -d 'End a schedule: nothing of it is charged any more'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "run" -d 'Charge what is due: schedules, autopay, retries; then send the mails'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "doctor" -d 'Say when the last run was, and whether cron could do its work here'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from autopay" -f -a "on" -d 'Charge a customer\'s invoices by themselves when they are due'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from autopay" -f -a "off" -d 'Charge a customer\'s invoices no longer by themselves'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from autopay" -f -a "list" -d 'List the customers with autopay, and what it would charge today'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "record" -d 'Record money that came by check, wire or cash'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "identify" -d 'Say whose the money is that came without a name'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "list" -d 'List payments, newest first'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "show" -d 'Show a payment and what it paid'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "apply" -d 'Apply money on account to invoices'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "unapply" -d 'Take money back from invoices; it is on account again'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "bounce" -d 'Book that the bank returned a check or a debit'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "move" -d 'Book a payment to the customer whose it is'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "refund" -d 'Give money of a payment back to the card it came from'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from payment" -f -a "void" -d 'Cancel the charge of a payment before it is settled'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from deposit" -f -a "add" -d 'Put recorded payments into one deposit'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from deposit" -f -a "list" -d 'List deposits, newest first'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from deposit" -f -a "show" -d 'Show a deposit and its payments'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from refund" -f -a "list" -d 'List refunds and voids, newest first'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from refund" -f -a "show" -d 'Show a refund and all that came of it'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from refund" -f -a "resolve" -d 'Decide an unknown refund after looking at the gateway\'s own page'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "open" -d 'Book that a bank took a payment back (a chargeback), whole or in part'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "list" -d 'List disputes: the open ones first, by the day of their answer'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "show" -d 'Show a dispute, what it reopened, and what to do'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "evidence" -d 'Put together what the book has for the bank: a folder with a page to read and print'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "attach" -d 'Keep a file with a dispute: a delivery note, what the customer wrote'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "answered" -d 'You answered the bank: it decides now, and `status` waits with it'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "won" -d 'The bank gave the money again: it pays what the dispute had reopened'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "lost" -d 'The bank decided for the customer: the money is gone'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "accept" -d 'Give in without an answer: the money is gone'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from report" -f -a "aging" -d 'Who owes how much, and for how long'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from report" -f -a "open" -d 'Every invoice that is not paid'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from report" -f -a "payments" -d 'What came in between two days, and how'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from report" -f -a "credits" -d 'Money and credit memos that no invoice has used'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from export" -f -a "journal" -d 'The double-entry journal, for the accountant'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from export" -f -a "invoices" -d 'Every invoice, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from export" -f -a "payments" -d 'Every payment, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from export" -f -a "customers" -d 'Every customer, as a sheet (CSV)'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from mail" -f -a "list" -d 'List mails, newest first'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from mail" -f -a "show" -d 'Read a mail'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from mail" -f -a "send" -d 'Send what waits, each mail in its time'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from mail" -f -a "retry" -d 'Send a mail now that failed or waits'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from mail" -f -a "resend" -d 'Send a mail that was sent once more, as a mail of its own'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from mail" -f -a "redirect" -d 'Let a mail that was not sent go to another address'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from mail" -f -a "cancel" -d 'Do not send a mail: it is no news any more, or you sent its file yourself'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from mail" -f -a "login" -d 'Keep the mail server\'s password where the configuration says'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "list" -d 'List the gateways, and where the book is logged in'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "login" -d 'Log the book in to a gateway'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "logout" -d 'Log out, and forget the secret'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "reconcile" -d 'Take back what was charged and this book does not know, and unlock charging'
complete -c dues -n "__fish_dues_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "check" -d 'Ask a gateway whose account this is'
