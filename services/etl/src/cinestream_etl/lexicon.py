"""Words that carry a tone, and the tones that genres lean to: this project's own lists, frozen.

A word stands for its usual inflections too (`tone` takes the endings off). A word can be in two tones; its evidence is
then shared. The prior says how the plots of a genre tend to sound before a word of them is read; the numbers of a genre
need no particular sum.
"""

LEXICON: dict[str, str] = {
    "Hopeful": """
        hope hopeful hoping dream dreamer aspire aspiration redemption redeem faith believe promise inspire inspiring
        inspiration overcome perseverance persevere determination determined courage courageous freedom free liberate
        liberation rebuild renew renewal heal healing recover recovery chance opportunity future tomorrow escape rescue
        save survive survivor strength compassion forgive forgiveness mentor teach teacher guide help support reunite
        reunion belong acceptance accept optimism optimistic purpose destiny ambition ambitious strive struggle succeed
        second-chance begin beginning journey discover rise change improve protect defend salvation trust encourage
        resilience resilient spirit humanity better wish
    """,
    "Uplifting": """
        friendship friend joy joyful joyous triumph triumphant celebrate celebration victory win winner champion
        championship heartwarming inspire kindness kind generous generosity loyal loyalty bond bonding family together
        unity unite community team teammate coach underdog gratitude grateful smile laughter delight happy happiness
        magic magical wonder wonderful adorable beloved cherish warm warmth gentle charming playful music song sing
        singer dance dancer talent talented gift gifted passion passionate star shine success successful achieve
        achievement pride proud glory legend legendary hero heroic brave bravery christmas holiday child innocence
        innocent imagination toy puppy pet home hometown miracle enchanting grandmother grandfather
    """,
    "Dark": """
        dark darkness evil sinister demon demonic devil satan satanic hell curse cursed haunt haunting haunted ghost
        horror horrific terrifying terrify terror nightmare nightmarish monster creature beast blood bloody bloodthirsty
        gore gruesome brutal brutality savage sadistic sadist torture torment cruel cruelty violence violent killer kill
        killing murder murderer murderous serial slaughter massacre corpse dead undead zombie vampire witch witchcraft
        occult cult ritual possessed possession psychotic psychopath psycho insane insanity madness madman asylum
        obsession obsess depraved corrupt corruption vengeance revenge avenge vengeful sin sinful underworld ruthless
        merciless gang gangster mafia mob drug addict addiction dystopia dystopian apocalypse apocalyptic wasteland
        ruins oppression oppressive tyrant tyranny abuse abusive rape predator stalker stalk slave slavery disturbing
        disturbed grim bleak twisted sinner mutilate cannibal plague infected virus menace menacing malevolent
    """,
    "Tense": """
        assassin assassinate assassination agent spy espionage conspiracy conspire conspirator plot hostage kidnap
        kidnapper kidnapping abduct abduction hunt hunted hunter chase pursue pursuit race clock deadline bomb bomber
        explosion terrorist terrorism threat threaten danger dangerous deadly lethal trap trapped hide hiding fugitive
        run escape detective investigate investigation investigator suspect suspicion suspicious secret secretive
        mystery mysterious mole betray betrayal traitor double-cross deceit deception deceive blackmail extort ransom
        heist robbery rob robber thief steal stolen bank crime criminal police cop fbi cia mi6 witness undercover case
        evidence frame framed accused innocent trial lawyer court interrogate sniper gun shootout hitman mercenary
        target paranoia paranoid tension suspense survive survival stranded siege attack attacker missing disappear
        disappearance uncover unravel clue poison hijack hacker infiltrate disturbing intruder stranger rival
        terrorize nuclear missile crisis assault revenge cat-and-mouse
    """,
    "Tragic": """
        tragedy tragic death die dying dead loss lose lost grief grieve grieving mourn mourning sorrow sorrowful sad
        sadness suicide suicidal terminal cancer illness ill disease sick leukemia dementia alzheimer coma fatal doomed
        doom despair desperate desperation hopeless heartbreak heartbroken heartbreaking broken shattered devastate
        devastated devastating devastation widow widower widowed orphan orphaned funeral accident crash overdose
        alcoholic alcoholism alcohol poverty homeless starving famine refugee war holocaust genocide concentration camp
        execution executed condemned convict convicted wrongly prison prisoner guilt guilty regret remorse trauma
        traumatic traumatized traumatised suffer suffering pain painful wound wounded scar tear lonely loneliness
        isolation isolated abandon abandoned neglect neglected estranged downfall ruin ruined destroy destroyed
        sacrifice victim miscarriage divorce affair infidelity disintegrate crumble collapse exile bereaved
    """,
    "Romantic": """
        love lover loving romance romantic romantically kiss marry marriage married wedding bride groom fiance fiancee
        engagement engaged propose proposal heart sweetheart soulmate soul-mate darling passion passionate passionately
        affair seduce seduction seductive attraction attracted attractive desire crush date dating girlfriend boyfriend
        husband wife couple relationship courtship court woo suitor beloved flirt flirtation chemistry valentine
        honeymoon infatuated infatuation affection affectionate tender tenderness intimate intimacy beautiful beauty
        handsome charming princess prince mistress matchmaker elope paris ex-wife ex-husband ex-girlfriend ex-boyfriend
        reunite longing yearning smitten fall-in-love bachelor bachelorette heiress newlywed
    """,
    "Humorous": """
        comedy comedic comic comical funny hilarious hilarity hilariously humor humour humorous joke prank prankster
        zany wacky quirky eccentric oddball misfit goofy silly absurd ridiculous outrageous antics hijinks mishap
        mishaps misadventure misadventures blunder bumbling bungling clumsy inept incompetent hapless hopelessly slacker
        loser nerd nerdy geek idiot idiotic dimwitted stupid dumb fool foolish clown spoof parody satire satirical mock
        mockumentary awkward awkwardly embarrassing embarrassed embarrassment chaos chaotic mayhem mix-up mistaken
        impersonate pretend disguise party partying drunk drunken bachelor vacation roommate neighbor neighbour nanny
        babysitter sitcom fart stoner pot weed buddy buddies pal scheme scheming con conman shenanigans wild crazy
        unlikely mismatched boss office in-laws mother-in-law bet wager reunion prom college fraternity
        sorority lottery cheerleader
    """,
    "Adventurous": """
        adventure adventurer adventurous quest journey voyage expedition explore explorer exploration travel traveler
        traveller treasure island jungle desert ocean sea sail sailor ship pirate pirates map ancient temple tomb
        artifact artefact relic ruins archaeologist kingdom king queen prince princess knight sword warrior wizard
        sorcerer magic magical dragon castle realm legend legendary mythical myth prophecy chosen destiny empire emperor
        galaxy galactic space spaceship starship planet alien aliens astronaut mission crew captain pilot world universe
        dimension portal time-travel future robot superhero hero heroine superpower powers mutant army battle fight
        fighter rebel rebellion resistance alliance dinosaur wilderness mountain climb arctic cowboy outlaw frontier
        gold samurai ninja gladiator viking discover discovery embark epic lost-city guardian defend save
    """,
}

GENRE_PRIOR: dict[str, dict[str, float]] = {
    "Action": {"Tense": 4, "Adventurous": 4, "Dark": 2},
    "Adventure": {"Adventurous": 8, "Uplifting": 1, "Hopeful": 1},
    "Animation": {"Adventurous": 4, "Uplifting": 3, "Humorous": 3},
    "Biography": {"Hopeful": 4, "Uplifting": 3, "Tragic": 2},
    "Comedy": {"Humorous": 9, "Uplifting": 1, "Romantic": 1},
    "Crime": {"Tense": 5, "Dark": 4},
    "Documentary": {"Hopeful": 3, "Uplifting": 2, "Tragic": 2, "Neutral": 2},
    "Drama": {"Tragic": 3, "Hopeful": 3, "Romantic": 1, "Dark": 1, "Tense": 1},
    "Family": {"Uplifting": 5, "Adventurous": 3, "Humorous": 2},
    "Fantasy": {"Adventurous": 6, "Dark": 1, "Uplifting": 1},
    "Film-Noir": {"Dark": 5, "Tense": 4},
    "History": {"Tragic": 3, "Hopeful": 3, "Tense": 1, "Adventurous": 1},
    "Horror": {"Dark": 9, "Tense": 3},
    "Music": {"Uplifting": 5, "Hopeful": 2, "Romantic": 1},
    "Musical": {"Uplifting": 4, "Romantic": 3, "Humorous": 1},
    "Mystery": {"Tense": 6, "Dark": 3},
    "Romance": {"Romantic": 9, "Humorous": 1, "Tragic": 1},
    "Sci-Fi": {"Adventurous": 4, "Tense": 3, "Dark": 2},
    "Sport": {"Uplifting": 6, "Hopeful": 3},
    "Thriller": {"Tense": 8, "Dark": 3},
    "War": {"Tragic": 5, "Tense": 3, "Hopeful": 1, "Adventurous": 1},
    "Western": {"Adventurous": 4, "Tense": 3, "Dark": 1},
}
