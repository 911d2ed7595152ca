### Rapports en français. Des phrases courtes et concrètes. L’espace fine devant « ; » et l’espace insécable devant « : » y sont.

## Ce que dit la mise en page elle-même
language-name = Français
furniture-contents = Sommaire
furniture-page = Page { $page } sur { $pages }
furniture-continued = suite
furniture-edited = modifié par { $by }
furniture-unfounded = n’est plus étayé par des faits
furniture-data = Les chiffres
furniture-sources = Sources
furniture-hash = Empreinte du contenu

## Notation
quotation = « { $text } »
quotation-end = « { $text } ».
moment = { $date } à { $hour } h { $minute } min (UTC)
about = environ { $n }
percent = { $n } %
more = { $count } autres
move-item = l’étape { $sequence } ({ $version })
group-item = { $name } ({ $count })
note-of = { $part ->
    [one] { $part } demande sur { $whole }
   *[other] { $part } demandes sur { $whole }
}
note-receipt = reçu { $number }
note-report = rapport { $digest }
note-bundle = paquet { $digest }
note-policy = règle { $id }

## Quantités
requests = { $count ->
    [one] { $count } demande
   *[other] { $count } demandes
}
people = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
resources = { $count ->
    [one] { $count } ressource
   *[other] { $count } ressources
}
receipts = { $count ->
    [one] { $count } reçu
   *[other] { $count } reçus
}
moves = { $count ->
    [one] { $count } étape
   *[other] { $count } étapes
}
# Suit « pour ».
share = { $kind ->
    [none] aucune demande
    [below] moins d’une demande sur { $n }
    [one-in] environ une demande sur { $n }
    [percent] environ { $n } % des demandes
    [half] environ la moitié des demandes
    [nearly-all] presque toutes les demandes
   *[all] toutes les demandes
}

## Termes, avec leur entrée au glossaire
-channel = canal
    .name = Canal
    .means = Un endroit où une version des règles est en vigueur, par exemple la production. Il ne change que par étapes, et chaque étape est consignée.
-log = journal des décisions
    .name = Journal des décisions
    .means = L’enregistrement des demandes que des personnes et des programmes ont vraiment faites, avec les réponses reçues.
-replay = rejoué
    .name = Rejouer
    .means = Soumettre les demandes enregistrées aux anciennes règles puis aux nouvelles, et comparer les réponses.
-gate = { $form ->
    [many] contrôles
   *[one] contrôle
}
    .name = Contrôle
    .means = Une condition vérifiée avant qu’un canal ne change : tests, approbations, écarts. Si elle n’est pas remplie, le canal ne bouge pas, sauf si quelqu’un en répond.
-canary = essai limité
    .name = Essai limité
    .means = Une règle qui s’applique d’abord à une part fixe des personnes, toujours les mêmes, pour qu’une erreur en touche peu.
-audit-only = en observation
    .name = En observation
    .means = Une règle évaluée et enregistrée, mais qui ne décide encore de rien.
-receipt = { $form ->
    [many] reçus
   *[one] reçu
}
    .name = Reçu
    .means = La trace signée d’un événement. Chacun peut la vérifier sans rien nous demander.
-ledger = registre
    .name = Registre
    .means = La liste de tous les reçus. On peut y ajouter, mais rien n’y change sans que cela se voie.
-checkpoint = point de contrôle
    .name = Point de contrôle
    .means = Un résumé signé de tout le registre à un moment donné. Qui le détient voit si quelque chose d’antérieur a changé.
-witness = { $form ->
    [many] témoins
   *[one] témoin
}
    .name = Témoin
    .means = Un tiers indépendant qui signe un point de contrôle après avoir vu que rien d’antérieur n’a changé.
-proof = prouvé
    .name = Prouvé
    .means = Démontré mathématiquement pour toute demande possible, et pas seulement pour celles du journal.
-tolerance = tolérance
    .name = Tolérance
    .means = Le nombre de demandes qu’un changement peut toucher avant que quelqu’un doive en répondre.
-override = dérogation
    .name = Dérogation
    .means = La déclaration signée d’un approbateur : le changement peut se faire bien qu’il dépasse la tolérance.
-bundle = paquet
    .name = Paquet
    .means = Une version signée que les points d’application installent. Celui qui annule une étape est signé en même temps qu’elle.
-sensitive = sensible
    .name = Sensible
    .means = Ce à quoi l’espace de travail donne son plus haut niveau de risque.

## Sections
section-changed = Ce qui a changé
section-affected = Qui est concerné
section-why = Pourquoi
section-risk = Quel est le risque
section-undo = Ce qui se passe si on revient en arrière
section-forward = Ce qui se passe si on repart en avant
section-know = Comment nous le savons
section-next = Ce qu’il faut faire maintenant
section-detail = Le détail
section-glossary = Les mots employés ici

## Mise en service
promotion-title = { $channel } livre maintenant { $version }
promotion-subtitle = { $tenant } · étape { $sequence } de { $channel } · { $at }
promotion-lead = Le { $at }, { $by } a fait passer le { -channel } { $channel } de la version { $from } à la version { $version }.
promotion-lead-first = Le { $at }, { $by } a mis en service la version { $version }, la première du { -channel } { $channel }.
promotion-lead-modes = Le { $at }, { $by } a changé la façon dont la version { $version } s’applique dans le { -channel } { $channel }.
modes-title = { $channel } applique { $version } autrement
policies-differ = { $count ->
    [0] Aucune règle ne diffère de ce qui était en vigueur.
    [2] Deux règles diffèrent : { $policies }.
    [3] Trois règles diffèrent : { $policies }.
    [one] Une règle diffère : { $policies }.
   *[other] { $count } règles diffèrent : { $policies }.
}
policies-applied = { $count ->
    [0] Aucune règle ne s’applique autrement qu’avant.
    [2] Deux règles s’appliquent autrement qu’avant : { $policies }.
    [3] Trois règles s’appliquent autrement qu’avant : { $policies }.
    [one] Une règle s’applique autrement qu’avant : { $policies }.
   *[other] { $count } règles s’appliquent autrement qu’avant : { $policies }.
}
applied-enforced = Chaque règle s’applique à tous.
applied-rest = { $count ->
    [0] Tout le reste s’applique à tous.
    [one] Une autre règle ne s’applique pas non plus à tous. Tout le reste, si.
   *[other] { $count } autres règles ne s’appliquent pas non plus à tous. Tout le reste, si.
}
applied-canary = { $which ->
    [all] Toute la version est un { -canary } : elle s’applique à { $percent } des personnes.
   *[one] { $policy } est un { -canary } : la règle s’applique à { $percent } des personnes.
}
applied-audit = { $which ->
    [all] Toute la version est { -audit-only } : elle est enregistrée et ne décide encore de rien.
   *[one] { $policy } est { -audit-only } : la règle est enregistrée et ne décide encore de rien.
}

## Qui est concerné
replayed = Nous avons { -replay } { $requests } que des personnes et des programmes ont vraiment faites.
replayed-day = Nous avons { -replay } { $requests } que des personnes et des programmes ont vraiment faites le { $day }.
replayed-window = Nous avons { -replay } { $requests } que des personnes et des programmes ont vraiment faites, du { $from } au { $until }.
replayed-generated = Nous avons { -replay } { $requests } d’un journal généré : personne ne les a vraiment faites.
reached-some = Pour l’instant, le changement ne décide que pour une partie des personnes. Ce qui suit vaut pour le cas où il déciderait pour toutes.
reached-again = Pour une partie des personnes, ce qui décidait auparavant décide de nouveau. Ce qui suit vaut pour le cas où il en serait ainsi pour toutes.
reached-rest = Le changement décide maintenant pour tous. Ce qui suit vaut pour les personnes que l’{ -canary } ne touchait pas encore.
reached-withdrawn = Ce qui décidait auparavant décide de nouveau pour tous. Ce qui suit vaut pour les personnes que l’{ -canary } touchait.
reached-apart = Avant ou après cette étape, un { -canary } ne décide que pour certaines personnes. Chaque demande a été comptée d’après ce qui décide pour la personne qui l’a faite.
reached-proposed = Un verdict ne change à lui seul aucune réponse. Ce qui suit vaut pour le cas où le changement s’appliquerait à tous.
reached-nobody = Aucune réponse ne change encore : ce qui décidait avant continue de décider. Ce qui suit vaut pour le cas où le changement s’appliquerait à tous.
who-share = { $form ->
    [is] La réponse change pour { $share }.
   *[would] La réponse changerait pour { $share }.
}
sensitive-gained = { $form ->
    [is] { $count ->
        [one] { $count } demande sur un contenu { -sensitive } était refusée et est maintenant acceptée.
       *[other] { $count } demandes sur un contenu { -sensitive } étaient refusées et sont maintenant acceptées.
    }
   *[would] { $count ->
        [one] { $count } demande sur un contenu { -sensitive } est refusée et serait acceptée.
       *[other] { $count } demandes sur un contenu { -sensitive } sont refusées et seraient acceptées.
    }
}
gained = { $form ->
    [is] { $count ->
        [one] { $count } demande qui était refusée est maintenant acceptée.
       *[other] { $count } demandes qui étaient refusées sont maintenant acceptées.
    }
   *[would] { $count ->
        [one] { $count } demande qui est refusée serait acceptée.
       *[other] { $count } demandes qui sont refusées seraient acceptées.
    }
}
gained-in-all = { $form ->
    [is] { $count ->
        [one] En tout, { $count } demande obtient l’accès.
       *[other] En tout, { $count } demandes obtiennent l’accès.
    }
   *[would] { $count ->
        [one] En tout, { $count } demande obtiendrait l’accès.
       *[other] En tout, { $count } demandes obtiendraient l’accès.
    }
}
gained-nothing = { $form ->
    [is] Aucune demande n’obtient d’accès nouveau.
   *[would] Aucune demande n’obtiendrait d’accès nouveau.
}
lost = { $form ->
    [is] { $count ->
        [one] { $count } demande qui était acceptée est maintenant refusée.
       *[other] { $count } demandes qui étaient acceptées sont maintenant refusées.
    }
   *[would] { $count ->
        [one] { $count } demande qui est acceptée serait refusée.
       *[other] { $count } demandes qui sont acceptées seraient refusées.
    }
}
lost-nothing = { $form ->
    [is] Aucune demande ne perd l’accès.
   *[would] Aucune demande ne perdrait l’accès.
}
neither = { $form ->
    [is] Selon le journal, personne ne gagne ni ne perd d’accès.
   *[would] Selon le journal, personne ne gagnerait ni ne perdrait d’accès.
}
reach = { $count ->
    [one] Elle concerne { $people } et { $resources }.
   *[other] Elles concernent { $people } et { $resources }.
}
gained-most = { $form ->
    [is] Le nouvel accès va surtout à { $group }.
   *[would] Le nouvel accès irait surtout à { $group }.
}
gained-groups = { $form ->
    [is] Le nouvel accès va à { $groups }.
   *[would] Le nouvel accès irait à { $groups }.
}
lost-most = La plupart viennent de { $group }.
lost-groups = { $form ->
    [is] L’accès est perdu par { $groups }.
   *[would] L’accès serait perdu par { $groups }.
}
open-requests = { $count ->
    [one] Pour { $count } demande, le journal ne permet pas de trancher : il lui manque un élément dont la réponse dépend.
   *[other] Pour { $count } demandes, le journal ne permet pas de trancher : il lui manque des éléments dont la réponse dépend.
}
compared = { $how ->
    [still-none] L’étape précédente n’avait changé aucune réponse non plus.
    [first] L’étape précédente n’avait changé aucune réponse.
    [vanished] L’étape précédente avait changé la réponse à { $before }.
    [twice] C’est environ deux fois plus qu’à l’étape précédente ({ $before }).
    [times] C’est environ { $n } fois plus qu’à l’étape précédente ({ $before }).
    [more] C’est plus qu’à l’étape précédente ({ $before }).
    [same] C’est à peu près autant qu’à l’étape précédente ({ $before }).
    [fewer] C’est moins qu’à l’étape précédente ({ $before }).
    [half] C’est environ moitié moins qu’à l’étape précédente ({ $before }).
   *[far-fewer] C’est bien moins qu’à l’étape précédente ({ $before }).
}
affected-first = C’est la première version ici : il n’y a pas de réponse antérieure à comparer.
affected-no-log = Il n’y a pas de { -log } à rejouer : on ne sait pas quels accès changent.
apart = { $whom ->
    [newly] Les { $percent } de personnes qu’un { -canary } touche depuis
    [still] Les { $percent } de personnes qu’un { -canary } touchait déjà et touche encore
    [no-longer] Les { $percent } de personnes qu’un { -canary } touchait
   *[never] Les { $percent } de personnes qu’aucun { -canary } ne touche
} : { $gained ->
    [0] aucune demande n’est nouvellement acceptée
    [one] { $gained } demande est nouvellement acceptée
   *[other] { $gained } demandes sont nouvellement acceptées
}, { $lost ->
    [0] aucune n’est nouvellement refusée
    [one] { $lost } est nouvellement refusée
   *[other] { $lost } sont nouvellement refusées
}{ $open ->
    [0] .
   *[other]  ; pour { $open }, on ne le sait pas.
}
affected-canaries = Avant et après cette étape, un { -canary } décide pour une partie des personnes. Leurs demandes n’ont pas été comptées à part : on ne sait pas quels accès changent.
affected-not-kept = Le rapport dont parle le { -receipt } n’est pas conservé ici : on ne sait pas quels accès changent.
affected-failed = Les demandes enregistrées n’ont pas pu être rejouées : on ne sait pas quels accès changent. La cause : { $why }.

## Pourquoi
reason = { $by } a donné cette raison : { $reason }
reason-none = Aucune raison n’a été consignée.
approved = { $count ->
    [one] Une personne qui n’a pas écrit le changement l’a approuvé : { $people }.
   *[other] { $count } personnes qui n’ont pas écrit le changement l’ont approuvé : { $people }.
}
approved-none = Aucune approbation n’était demandée, et personne n’en a donné.
cites = La règle { $policy } repose sur { $authorities }.
cites-none = Aucune des règles modifiées ne dit sur quoi elle repose.

## Quel est le risque
risk-title = { $level ->
    [high] Risque élevé
    [medium] Risque moyen
   *[low] Risque faible
}
risk-word = { $level ->
    [high] élevé
    [medium] moyen
   *[low] faible
}
risk-sensitive-gained = { $form ->
    [is] { $count ->
        [one] { $count } demande sur un contenu { -sensitive } est désormais acceptée.
       *[other] { $count } demandes sur un contenu { -sensitive } sont désormais acceptées.
    }
   *[would] { $count ->
        [one] { $count } demande sur un contenu { -sensitive } serait acceptée.
       *[other] { $count } demandes sur un contenu { -sensitive } seraient acceptées.
    }
}
risk-gained = { $form ->
    [is] { $count ->
        [one] { $count } demande est désormais acceptée.
       *[other] { $count } demandes sont désormais acceptées.
    }
   *[would] { $count ->
        [one] { $count } demande serait acceptée.
       *[other] { $count } demandes seraient acceptées.
    }
}
risk-sensitive-lost = { $form ->
    [is] { $count ->
        [one] { $count } demande sur un contenu { -sensitive } est désormais refusée. Quelqu’un ne peut peut-être plus travailler.
       *[other] { $count } demandes sur un contenu { -sensitive } sont désormais refusées. Des personnes ne peuvent peut-être plus travailler.
    }
   *[would] { $count ->
        [one] { $count } demande sur un contenu { -sensitive } serait refusée. Quelqu’un ne pourrait peut-être plus travailler.
       *[other] { $count } demandes sur un contenu { -sensitive } seraient refusées. Des personnes ne pourraient peut-être plus travailler.
    }
}
risk-lost = { $form ->
    [is] { $count ->
        [one] { $count } demande est désormais refusée. Quelqu’un ne peut peut-être plus travailler.
       *[other] { $count } demandes sont désormais refusées. Des personnes ne peuvent peut-être plus travailler.
    }
   *[would] { $count ->
        [one] { $count } demande serait refusée. Quelqu’un ne pourrait peut-être plus travailler.
       *[other] { $count } demandes seraient refusées. Des personnes ne pourraient peut-être plus travailler.
    }
}
risk-errors = { $count ->
    [one] Pour { $count } demande, une règle se met à échouer ou cesse d’échouer. Une règle qui échoue n’interdit peut-être plus ce qu’elle devrait.
   *[other] Pour { $count } demandes, une règle se met à échouer ou cesse d’échouer. Une règle qui échoue n’interdit peut-être plus ce qu’elle devrait.
}
risk-overridden = Le contrôle « { $gate } » a échoué. Quelqu’un en a répondu.
risk-skipped = Le contrôle « { $gate } » a été laissé de côté.
risk-left-out = Le contrôle « { $gate } » a échoué ou a été laissé de côté.
risk-blocked = { $count ->
    [one] Le changement dépasse la tolérance à un endroit.
   *[other] Le changement dépasse la tolérance à { $count } endroits.
}
risk-widens = Au-delà du journal, d’autres demandes peuvent obtenir l’accès. C’est { -proof } pour { $actions }.
risk-blind = On ne sait pas quels accès changent, et nous n’appelons pas faible ce que nous ne connaissons pas.
risk-blind-in = Pour { $count } des { $of } étapes, on ne sait pas quels accès ont changé, et nous n’appelons pas faible ce que nous ne connaissons pas.
risk-moves = { $count ->
    [one] À elle seule, { $moves } présentait un risque { $level ->
        [high] élevé
        [medium] moyen
       *[low] faible
    }.
   *[other] Prises séparément, { $moves } présentaient un risque { $level ->
        [high] élevé
        [medium] moyen
       *[low] faible
    }.
}
risk-nothing = { $form ->
    [is] Selon le journal, personne ne gagne ni ne perd d’accès, et aucun contrôle n’a été laissé de côté.
   *[would] Aucune personne du journal ne gagnerait ni ne perdrait d’accès, et aucun contrôle n’a été omis.
}
risk-quiet = Le canal n’a pas bougé : rien n’a changé.
unknown-title = Ce que nous ne savons pas
unknown-open = { $count ->
    [one] La réponse à { $count } demande : il manque un élément au journal.
   *[other] Les réponses à { $count } demandes : il manque des éléments au journal.
}
unknown-replay = Quels accès changent : rien n’a été comparé.
unknown-replay-of = Quels accès ont changé lors de { $count } des { $of } étapes : rien n’a été comparé pour elles.
unknown-reached = { $reached ->
    [already] Combien de ces demandes viennent de personnes pour qui le changement décide déjà : elles n’ont pas été comptées à part.
    [again] Combien de ces demandes viennent de personnes pour qui les anciennes règles décident de nouveau : elles n’ont pas été comptées à part.
   *[canary] Combien de ces demandes viennent de personnes que l’essai limité touchait : elles n’ont pas été comptées à part.
}
unknown-proof = Le sort des demandes absentes du journal : rien n’a été { -proof } à leur sujet.
unknown-not-proven = Ce qui vaut au-delà du journal pour { $actions } : aucune preuve n’a été trouvée.
unknown-small-log = { $count ->
    [one] Si { $count } demande enregistrée vaut pour toutes. C’est trop peu pour en être sûr.
   *[other] Si { $count } demandes enregistrées valent pour toutes. C’est trop peu pour en être sûr.
}
unknown-old-log = { $days ->
    [one] Ce qui s’est passé le dernier jour : le journal s’arrête avant.
   *[other] Ce qui s’est passé ces { $days } derniers jours : le journal s’arrête avant.
}
unknown-window = Quand les demandes ont été faites : aucune date n’est connue.
unknown-disagrees = { $count ->
    [one] Pourquoi { $count } demande a reçu une autre réponse que celle des anciennes règles.
   *[other] Pourquoi { $count } demandes ont reçu une autre réponse que celle des anciennes règles.
}
unknown-assumed = { $count ->
    [one] Les éléments derrière { $count } demande : le journal n’en a pas, ceux de l’espace de travail ont été retenus.
   *[other] Les éléments derrière { $count } demandes : le journal n’en a pas, ceux de l’espace de travail ont été retenus.
}
unknown-skipped = { $count ->
    [one] Ce que dit { $count } ligne du journal : elle était illisible.
   *[other] Ce que disent { $count } lignes du journal : elles étaient illisibles.
}
unknown-approval = Si une autre personne est d’accord : nul ne l’a approuvé.
unknown-reason = Pourquoi cela a été fait : aucune raison n’a été consignée.
unknown-receipt = Si la trace est authentique : le registre n’en contient pas de reçu.
unknown-nothing = Il ne manque rien de ce que nous vérifions.

## Revenir en arrière
undo-ready = La version { $version } revient. Le { -bundle } qui le fait est déjà signé. { $command } le livre, et aucun contrôle ne s’y oppose.
undo-gained = { $count ->
    [one] { $count } demande acceptée aujourd’hui serait de nouveau refusée.
   *[other] { $count } demandes acceptées aujourd’hui seraient de nouveau refusées.
}
undo-lost = { $count ->
    [one] { $count } demande refusée aujourd’hui serait de nouveau acceptée.
   *[other] { $count } demandes refusées aujourd’hui seraient de nouveau acceptées.
}
undo-same = D’après le journal, personne ne s’en apercevrait.
undo-nobody = Aucune réponse ne changerait : cette étape n’en a changé aucune.
undo-unknown = On ne sait pas quels accès changeraient alors.
undo-first = Rien n’était en vigueur auparavant : il n’y a pas de retour possible.
undo-later = { $count ->
    [one] Une étape l’a suivie : ce n’est plus la dernière. Pour l’annuler, remettez en service une version antérieure.
   *[other] { $count } étapes l’ont suivie : ce n’est plus la dernière. Pour l’annuler, remettez en service une version antérieure.
}
undo-none = Aucun retour n’a été préparé. Pour revenir en arrière, remettez en service une version antérieure.

## Comment nous le savons
know-receipt = Ceci est le { -receipt } { $number } du { -ledger }. Il a été signé sur le moment, et nul ne peut le changer sans que cela se voie.
know-no-receipt = Aucun { -receipt } n’en a été trouvé dans le { -ledger } : ceci est un compte rendu, pas une preuve.
know-report = Les chiffres sont ceux qui ont été jugés alors ; le rapport est conservé sous son empreinte. La marge les donne exactement.
know-computed = Les chiffres sont calculés à partir du journal tel qu’il est aujourd’hui. La marge les donne exactement.
know-gates-all = { $count ->
    [one] Le seul { -gate } demandé a été réussi.
   *[other] Les { $count } { -gate(form: "many") } demandés ont été réussis.
}
know-gates-some = { $passed } { -gate(form: "many") } sur { $all } ont été réussis.
know-gates-none = Aucun { -gate } n’était demandé.
know-proof-equivalent = Pour { $actions }, il est { -proof } qu’aucune demande ne reçoit une autre réponse.
know-proof-narrows = Pour { $actions }, il est { -proof } que personne ne peut gagner d’accès.
know-proof-widens = Pour { $actions }, il est { -proof } que personne ne peut perdre d’accès et que certains peuvent en gagner.
know-proof-differs = Pour { $actions }, il est { -proof } que certains peuvent gagner des accès et d’autres en perdre.
know-proof-none = Au-delà du journal, rien n’a été { -proof }.

## Semaine
week-title = { $count ->
    [0] Une semaine calme dans { $channel }
    [one] Une étape dans { $channel } cette semaine
   *[other] { $count } étapes dans { $channel } cette semaine
}
week-subtitle = { $channel } · du { $from } au { $until }
week-lead = { $count ->
    [0] Le { -channel } { $channel } n’a pas bougé cette semaine.
    [one] Le { -channel } { $channel } a bougé une fois cette semaine.
   *[other] Le { -channel } { $channel } a bougé { $count } fois cette semaine.
}
week-ships = Le canal livre la version { $version }.
week-ships-nothing = Le canal n’a encore jamais rien livré.
week-rollbacks = { $count ->
    [one] L’une des étapes en a annulé une autre.
   *[other] { $count } des étapes en ont annulé d’autres.
}
week-compared = { $how ->
    [still-none] La semaine précédente était calme, elle aussi.
    [first] La semaine précédente était calme.
    [vanished] La semaine précédente, il avait bougé ({ $before }).
    [twice] C’est deux fois plus souvent que la semaine précédente.
    [times] C’est environ { $n } fois plus souvent que la semaine précédente.
    [more] C’est plus souvent que la semaine précédente ({ $before }).
    [same] C’est à peu près aussi souvent que la semaine précédente ({ $before }).
    [fewer] C’est moins souvent que la semaine précédente ({ $before }).
    [half] C’est moitié moins souvent que la semaine précédente.
   *[far-fewer] C’est bien moins souvent que la semaine précédente ({ $before }).
}
week-compared-unknown = Il n’y a pas de semaine précédente à comparer.
week-gained = { $of ->
    [all] { $count ->
        [0] Ensemble, ces étapes n’ont donné aucun accès nouveau.
        [one] Ensemble, ces étapes ont accepté { $count } demande de plus.
       *[other] Ensemble, ces étapes ont accepté { $count } demandes de plus.
    }
   *[counted] { $count ->
        [0] Parmi celles qui ont été comptées, aucune n’a donné d’accès nouveau.
        [one] Celles qui ont été comptées ont accepté { $count } demande de plus.
       *[other] Celles qui ont été comptées ont accepté { $count } demandes de plus.
    }
}
week-lost = { $of ->
    [all] { $count ->
        [0] Personne n’a perdu d’accès.
        [one] Elles ont refusé { $count } demande de plus.
       *[other] Elles ont refusé { $count } demandes de plus.
    }
   *[counted] { $count ->
        [0] Aucune perte d’accès n’a été comptée.
        [one] Elles ont refusé { $count } demande de plus.
       *[other] Elles ont refusé { $count } demandes de plus.
    }
}
week-uncounted = { $moves ->
    [one] Pour cette étape, les accès changés n’ont pas été comptés.
   *[other] Pour { $count ->
        [one] { $count } étape
       *[other] { $count } étapes
    } sur { $moves }, les accès changés n’ont pas été comptés : { $which }.
}
week-reason = Version { $version } : { $reason }
week-reason-none = Version { $version } : aucune raison n’a été consignée.
week-left-out = { $count ->
    [0] Aucun contrôle n’a été laissé de côté.
    [one] Pour une étape, un contrôle a échoué ou a été laissé de côté.
   *[other] Pour { $count } étapes, un contrôle a échoué ou a été laissé de côté.
}
week-undo = Pour annuler la dernière étape, lancez { $command }.
week-undo-nothing = Il n’y a rien à annuler.
week-receipts = { $count ->
    [0] Aucun { -receipt } d’une étape n’a été trouvé dans le { -ledger }.
    [one] Une étape a son { -receipt } dans le { -ledger }.
   *[other] { $count } étapes ont leurs { -receipt(form: "many") } dans le { -ledger }.
}

## Retour
rollback-title = { $channel } est revenu à { $version }
rollback-lead = Le { $at }, { $by } a ramené le { -channel } { $channel } de la version { $from } à la version { $version }.
rollback-lead-modes = Le { $at }, { $by } a annulé un changement de la façon dont la version { $version } s’applique dans le { -channel } { $channel }.
rollback-partial-title = { $channel } a annulé une partie d’une version
rollback-partial-lead = Le { $at }, { $by } a annulé certaines règles de la version { $from } dans le { -channel } { $channel }. Il livre depuis { $version }.
rollback-undone = Cela annule l’étape { $sequence }, faite par { $by } le { $at }.
rollback-undone-unknown = L’étape annulée n’est plus lisible.
rollback-after = { $count ->
    [0] Cette étape avait été en vigueur moins d’une heure.
    [one] Cette étape avait été en vigueur une heure.
   *[other] Cette étape avait été en vigueur { $count } heures.
}
rollback-after-days = { $count ->
    [one] Cette étape avait été en vigueur un jour.
   *[other] Cette étape avait été en vigueur { $count } jours.
}
rollback-approval = Un retour ne demande pas d’approbation : le chemin du retour est toujours ouvert.
rollback-forward = La version { $version } serait de nouveau en vigueur. Le { -bundle } en est signé. { $command } le livre.
rollback-forward-later = { $count ->
    [one] Une étape l’a suivie : ce n’est plus la dernière. Pour repartir en avant, remettez en service la version ultérieure.
   *[other] { $count } étapes l’ont suivie : ce n’est plus la dernière. Pour repartir en avant, remettez en service la version ultérieure.
}
rollback-forward-none = Aucun paquet pour repartir en avant n’a été préparé.

## Verdict
verdict-title = { $ruling ->
    [pass] Le changement reste dans la tolérance
    [overridden] Le changement passe par dérogation
    [blocked] Le changement dépasse la tolérance
   *[undecided] Le journal ne dit pas si le changement reste dans la tolérance
}
verdict-subtitle = { $base } → { $head } · { $at }
verdict-subtitle-undated = { $base } → { $head }
verdict-lead = { $ruling ->
    [pass] Le gardien a comparé { $head } à { $base } et a laissé passer le changement.
    [overridden] Le gardien a bloqué { $head } en le comparant à { $base }. Un approbateur a laissé passer le changement.
    [blocked] Le gardien a comparé { $head } à { $base } et a bloqué le changement.
   *[undecided] Le gardien a comparé { $head } à { $base } et n’a pas pu trancher.
}
verdict-authors = { $count ->
    [0] On ne sait pas qui a écrit le changement.
   *[other] Le changement a été écrit par { $people }.
}
verdict-bounds-held = Toutes les limites de la { -tolerance } sont respectées.
verdict-bound = { $measure ->
    [gained] Accès gagné selon la règle { $rule } : { $found } ; admis : { $limit }.
    [lost] Accès perdu selon la règle { $rule } : { $found } ; admis : { $limit }.
    [open] Sans réponse selon la règle { $rule } : { $found } ; admis : { $limit }.
   *[error-changed] Erreurs changées selon la règle { $rule } : { $found } ; admis : { $limit }.
}
verdict-override = { $by } a signé une { -override } valable jusqu’au { $until }. La raison donnée : { $reason }
verdict-next = { $ruling ->
    [pass] Rien. Le changement peut entrer en vigueur.
    [overridden] La dérogation expire ; le changement redevient bloqué s’il n’est pas en vigueur d’ici là.
    [blocked] Soit le changement est réduit, soit un approbateur signe une dérogation pour exactement ce qui a été vu.
   *[undecided] Soit le journal reçoit ce qui lui manque, soit un approbateur signe une dérogation pour ce qui reste ouvert.
}
verdict-receipt-none = Le verdict n’a été conservé dans aucun { -ledger }.
verdict-tolerance = Le verdict a été rendu selon la { -tolerance } de cette empreinte : { $digest }.
none-may = aucune

## Preuves
evidence-title = { $receipts } dans le registre
evidence-subtitle-day = { $origin } · { $day }
evidence-subtitle = { $origin } · du { $from } au { $until }
evidence-lead = Le { -ledger } { $origin } contient { $receipts }.
evidence-lead-empty = Le { -ledger } { $origin } est vide.
evidence-day = Tous sont du { $day }.
evidence-period = Le premier est du { $from }, le dernier du { $until }.
evidence-kinds = Par type : { $kinds }.
evidence-moves = { $count ->
    [0] Aucun canal n’a bougé.
    [one] Un canal a bougé une fois.
   *[other] Les canaux ont bougé { $count } fois.
}
evidence-exceptions = { $count ->
    [0] Aucune protection n’a été laissée de côté.
    [one] Une fois, une protection a été laissée de côté. Le détail nomme qui en a répondu.
   *[other] { $count } fois, une protection a été laissée de côté. Le détail nomme qui en a répondu.
}
evidence-purged = { $count ->
    [0] Rien n’a été purgé.
    [one] Un reçu a été purgé ; sa place dans le registre reste prouvable.
   *[other] { $count } reçus ont été purgés ; leur place dans le registre reste prouvable.
}
evidence-audit = Le { $at }, tout le registre a été recalculé, et tout était juste.
evidence-audit-fault = Le { $at }, tout le registre a été recalculé, et il n’est pas juste : { $fault }.
evidence-audit-none = Personne n’a recalculé le registre pour ce rapport.
evidence-checkpoint = Le dernier { -checkpoint } couvre { $receipts }.
evidence-checkpoint-all = Le dernier { -checkpoint } les couvre tous.
evidence-checkpoint-none = Il n’y a pas de { -checkpoint } signé.
evidence-witnesses = { $count ->
    [0] Aucun { -witness } ne l’a signé.
    [one] Il est signé aussi par le { -witness } { $names }.
   *[other] Il est signé aussi par les { -witness(form: "many") } { $names }.
}
evidence-keys = { $count ->
    [one] Une clé a signé : { $names }.
   *[other] { $count } clés ont signé, la dernière est en vigueur : { $names }.
}
evidence-check = Qui veut en être sûr prend un lot de preuves avec { $command } et le vérifie seul, sans rien nous demander.
risk-fault = Le registre n’est pas juste. Ne vous y fiez pas avant d’en connaître la cause.
risk-unwitnessed = Aucun témoin n’a vu le dernier point de contrôle. Qui détient la clé pourrait encore montrer deux versions du registre.
risk-uncovered = { $count ->
    [one] { $count } reçu n’est encore sous aucun point de contrôle.
   *[other] { $count } reçus ne sont encore sous aucun point de contrôle.
}
risk-exceptions = { $count ->
    [one] Une fois, une protection a été laissée de côté.
   *[other] { $count } fois, une protection a été laissée de côté.
}
risk-evidence-nothing = Le registre est juste, un témoin l’a vu, et aucune protection n’a été laissée de côté.
unknown-audit = Si le registre est juste : il n’a pas été recalculé pour ce rapport.
unknown-purged = { $count ->
    [one] Ce que disait { $count } reçu purgé.
   *[other] Ce que disaient { $count } reçus purgés.
}
undo-evidence = Un registre ne s’annule pas. Une erreur y est corrigée par un reçu ultérieur, et les deux restent.

## Tableaux et figures
detail-people = Accès par type de personne
detail-resources = Accès par type de ressource
detail-actions = Accès par action
detail-requests = Les demandes les plus délicates
detail-policies = Règles qui diffèrent
detail-gates = Contrôles avant l’étape
detail-approvals = Approbations
detail-proof = Ce qui est prouvé, par action
detail-trend = Réponses changées, étape par étape
detail-moves = Étapes
detail-bounds = Limites de la tolérance
detail-kinds = Reçus par type
detail-exceptions = Protections laissées de côté
detail-cut = La liste est abrégée : il y a { $count } demandes différentes.
detail-first = Le tableau montre les { $shown } premières lignes sur { $count }.
detail-last = Le tableau montre les { $shown } dernières lignes sur { $count }.
detail-incomplete = Le rapport conservé ne cite que les demandes les plus délicates ; ces chiffres portent donc sur une partie des changements.
chart-unit = demandes
chart-gained = gagnés
chart-lost = perdus
chart-group = { $name } : { $gained ->
    [one] { $gained } gagné
   *[other] { $gained } gagnés
}, { $lost ->
    [one] { $lost } perdu
   *[other] { $lost } perdus
}.
chart-step = Étape { $sequence }, { $date } : { $gained ->
    [one] { $gained } gagné
   *[other] { $gained } gagnés
}, { $lost ->
    [one] { $lost } perdu
   *[other] { $lost } perdus
}.
column-who = Qui
column-what = Quoi
column-action = Action
column-resource = Ressource
column-kind = Type
column-gained = Gagnés
column-lost = Perdus
column-open = Inconnus
column-risk = Risque
column-requests = Demandes
column-change = Changement
column-policy = Règle
column-how = Comment
column-rests-on = Repose sur
column-gate = Contrôle
column-standing = Issue
column-found = Constat
column-proven = Ce qui est prouvé
column-example = Exemple
column-move = Étape
column-version = Version
column-date = Date
column-by = Par
column-reason = Raison
column-rule = Limite
column-allowed = Admis
column-receipts = Reçus
column-last = Dernier
change-word = { $measure ->
    [gained] gagne l’accès
    [lost] perd l’accès
    [open] inconnu
   *[error-changed] les erreurs changent
}
how-word = { $how ->
    [added] ajoutée
    [removed] supprimée
    [changed] modifiée
    [moved] déplacée
    [applied] appliquée autrement
   *[unknown] non consigné
}
standing-word = { $standing ->
    [passed] réussi
    [overridden] dérogation
   *[skipped] laissé de côté
}
gate-word = { $gate ->
    [validation] validation
    [tests] tests
    [references] références
    [drift] écart
    [approvals] approbations
    [window] créneau
   *[guard] gardien
}
gate-at = { $place } : { $gate }
relation-word = { $relation ->
    [equivalent] aucune demande ne reçoit une autre réponse
    [narrows] personne ne peut gagner d’accès
    [widens] personne ne peut perdre d’accès, certains peuvent en gagner
    [differs] certains peuvent gagner des accès, d’autres en perdre
   *[not-proven] non prouvé
}
what-word = { $what ->
    [promotion] mise en service
    [rollback] annulation de l’étape { $undone }
    [modes] autre application
   *[partial] annulation partielle de l’étape { $undone }
}
kind-word = { $kind ->
    [drift-preview] aperçus d’un changement
    [guard-verdict] verdicts du gardien
    [override] dérogations
    [promotion] mises en service
    [rollback] retours
    [narrative] rapports
    [key-rotation] changements de clé
    [restore] restaurations
    [purge-manifest] purges
   *[other] d’un type que cette version du programme ne connaît pas
}
any-number = sans limite
nothing-said = –

## Une demande qui montre ce qui est prouvé. Types, actions, clés et valeurs sont les mots des règles
situation = { $form ->
    [could] { $who } pourrait effectuer { $act } sur { $what }
   *[no-longer] { $who } ne pourrait plus effectuer { $act } sur { $what }
}
situation-itself = { $form ->
    [could] { $who } pourrait effectuer { $act } sur soi-même
   *[no-longer] { $who } ne pourrait plus effectuer { $act } sur soi-même
}
situation-alone = { $lead }.
situation-where = { $lead }, quand { $conditions }.
value-of = { $key } de { $whose }
value-of-request = { $key } de la demande
any-of = un élément de type { $kind }
holds-in = { $what } fait partie de { $place }
holds-true = { $what } est vrai
holds-false = { $what } est faux
holds-value = { $what } vaut { $value }
holds-none = { $count ->
    [one] { $what } ne vaut pas { $values }
   *[other] { $what } n’est aucune des valeurs { $values }
}
holds-present = { $what } est présent
holds-empty = { $what } est vide
holds-set = { $what } contient { $values }
holds-compared = { $how ->
    [same] { $what } est égal à { $to }
    [other] { $what } n’est pas égal à { $to }
    [less] { $what } est inférieur à { $to }
    [at-most] { $what } est au plus { $to }
    [at-least] { $what } est au moins { $to }
    [more] { $what } est supérieur à { $to }
    [earlier] { $what } est antérieur à { $to }
    [no-later] { $what } n’est pas postérieur à { $to }
    [no-earlier] { $what } n’est pas antérieur à { $to }
   *[later] { $what } est postérieur à { $to }
}
engine-says = le moteur dit : { $text }

## Ce qu’un contrôle a constaté. `$message`, `$reason`, `$why` et ce qui suit un point-virgule peuvent être les mots d’autrui.
found-no-errors = aucune erreur dans les fichiers
found-errors = { $count ->
    [one] { $count } erreur, dans { $place } : { $message }
   *[other] { $count } erreurs, la première dans { $place } : { $message }
}
found-no-tests = la version n’a pas de test nommé
found-tests-pass = { $count ->
    [one] { $count } test nommé réussi
   *[other] { $count } tests nommés réussis
}
found-tests-fail = { $failed ->
    [one] { $failed } test nommé sur { $of } en échec : { $first }
   *[other] { $failed } tests nommés sur { $of } en échec, le premier est { $first }
}
found-unlisted = l’espace de travail n’a pas de fichier { $file }
found-references-whole = { $count ->
    [one] { $count } référence intacte
   *[other] { $count } références intactes
}
found-references-broken = { $broken ->
    [one] { $broken } référence rompue sur { $of }, dans { $place } : { $message }
   *[other] { $broken } références rompues sur { $of }, la première dans { $place } : { $message }
}
found-list-gone = la version jusque-là en vigueur a un fichier { $file }, celle-ci n’en a pas
amiss-unlisted = { $name } ne figure pas dans { $list }
amiss-empty = { $annotation } ne cite rien entre ses guillemets ou ses virgules
amiss-expired = { $name } valait jusqu’au { $until }
amiss-file-gone = { $name } : le fichier { $path } manque
amiss-file-changed = { $name } : le fichier { $path } a changé depuis qu’il est dans la liste
amiss-no-receipt = { $name } : le reçu manque dans le registre
found-left-out = { $found } ; laissé de côté, la raison donnée : { $reason }
found-no-tolerance = aucun fichier de tolérance n’est indiqué pour le canal
found-nothing-shipped = le canal ne livrait encore rien : il n’y avait rien à comparer
found-no-log = il n’y avait pas de journal des décisions à rejouer
found-replayed = { $rows ->
    [one] { $rows } demande rejouée
   *[other] { $rows } demandes rejouées
} : { $gained ->
    [one] { $gained } accès gagné
   *[other] { $gained } accès gagnés
}, { $lost ->
    [one] { $lost } perdu
   *[other] { $lost } perdus
}, { $open ->
    [one] { $open } inconnu
   *[other] { $open } inconnus
}
found-no-schema = rien n’est prouvé, faute de schéma
found-proven = { $actions } : { $relation }
found-proven-why = { $actions } : { $relation } ({ $why })
found-alike = { $count ->
    [one] pour { $count } action, il est prouvé qu’aucune demande ne reçoit une autre réponse
   *[other] pour { $count } actions, il est prouvé qu’aucune demande ne reçoit une autre réponse
}
found-exceeded = { $count ->
    [one] { $count } limite dépassée
   *[other] { $count } limites dépassées
}
found-answer = { $by } en répond : { $reason }
found-no-approvals = le canal ne demande aucune approbation
found-not-approved = { $wanted ->
    [one] { $wanted } approbation demandée, aucune obtenue
   *[other] { $wanted } approbations demandées, aucune obtenue
}
found-approved = { $there ->
    [one] { $there } approbation sur { $wanted } : { $people }
   *[other] { $there } approbations sur { $wanted } : { $people }
}
found-any-time = le canal peut bouger à tout moment
found-open = créneau ouvert : { $hours }
found-closed = créneau fermé : { $hours }
found-anyway = hors du créneau ({ $hours }) ; la raison donnée : { $reason }
remark-own-approvals = jugé selon les règles de la version suivante, car celles en vigueur ne pouvaient être satisfaites : approbations demandées : { $asked }, possibles : { $there }
remark-own-tolerance = jugé selon les règles de la version suivante, car celles en vigueur ne pouvaient être satisfaites : { $why }
remark-tests-gone = { $count ->
    [one] absent désormais : { $count } test nommé, { $first }
   *[other] absents désormais : { $count } tests nommés, le premier est { $first }
}
remark-in-between = tant que certaines de ses règles attendent et que les précédentes en tiennent lieu
remark-canary-left-out = ce qu’un essai donnait à ceux qu’il atteignait n’est pas compté
remark-nothing-decides = rien ne décidait encore pour tous, la comparaison s’est donc faite avec la version qui était seulement en observation
remark-not-shipped = { $count ->
    [one] dans l’espace de travail et non livré, car absent de git : { $first }
   *[other] dans l’espace de travail et non livrés, car absents de git : { $count } fichiers, le premier est { $first }
}
found-also = { $found } ; { $more }
hours = { $days }, de { $from } à { $until } UTC
clock = { $hour } h { $minute }
weekday = { $day ->
    [mon] lun.
    [tue] mar.
    [wed] mer.
    [thu] jeu.
    [fri] ven.
    [sat] sam.
   *[sun] dim.
}

## Indications
particular-channel = Canal
particular-environment = Environnement
particular-version = Version
particular-move = Étape
particular-receipt = Reçu
particular-report = Rapport
particular-ledger = Registre
particular-root = Racine
particular-base = Avant
particular-head = Après
particular-tolerance = Tolérance

## Modifications
edit-missing = Les faits dont il était question ne sont plus là.
edit-changed = Les faits ont changé. Le texte calculé à partir d’eux dit maintenant : { $text }
