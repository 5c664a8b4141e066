"""The expected fields of real pages, by file name. A person read them from each page.

Plots are given by their first and last words and recommendations by ids. So nothing of the pages is copied here.
"""

from typing import Any

MATRIX = {
    "title": "The Matrix",
    "rating": 8.7,
    "year": "1999",
    "release_date": "1999-03-31",
    "director": ["Lana Wachowski", "Lilly Wachowski"],
    "genre": ["Action", "Sci-Fi"],
    "plot": ("When a beautiful stranger leads", "of an evil cyber-intelligence."),
    "writers": ["Lilly Wachowski", "Lana Wachowski"],
    "stars": ["Keanu Reeves", "Laurence Fishburne", "Carrie-Anne Moss"],
    "decade_category": "1990s",
    "genre_categories": ["Artificial Intelligence", "Dystopia", "Post-Apocalypse", "Action", "Sci-Fi"],
    "recommendations": "tt1375666 tt0109830 tt0167260 tt0137523 tt0468569 tt0120737 tt0167261 tt0114369 tt0110912 "
    "tt0120815 tt0102926 tt0080684",
}

EXISTENCE = {
    "title": "Existence",
    "rating": 4.0,
    "year": "2012",
    "release_date": "2012-10-20",
    "director": ["Juliet Bergh"],
    "genre": ["Drama"],
    "plot": ("Trapped behind the Boundary Fence,", "outsider who can free her."),
    "writers": ["Juliet Bergh", "Jess Charlton"],
    "stars": ["Loren Taylor", "Peter McCauley", "Gareth Reeves"],
    "decade_category": "2010s",
    "genre_categories": ["Post-Apocalypse", "Drama"],
    "recommendations": "tt5389686 tt10288242 tt3208918 tt5699060 tt5076518 tt6134288 tt1039608 tt3804676 tt6649076 "
    "tt11041106 tt5660604 tt14830904",
}

NOTHING_YET: dict[str, Any] = {
    "rating": None,
    "year": None,
    "release_date": None,
    "director": [],
    "plot": None,
    "writers": [],
    "stars": [],
    "decade_category": None,
}

EXPECTED: dict[str, dict[str, Any]] = {
    "next_title_2023plus/tt0111161_The_Shawshank_Redemption_1994_20250318.html": {
        "title": "The Shawshank Redemption",
        "rating": 9.3,
        "year": "1994",
        "release_date": "1994-09-23",
        "director": ["Frank Darabont"],
        "genre": ["Drama"],
        "plot": ("A banker convicted of uxoricide", "hopeful through simple compassion."),
        "writers": ["Stephen King", "Frank Darabont"],
        "stars": ["Tim Robbins", "Morgan Freeman", "Bob Gunton"],
        "decade_category": "1990s",
        "genre_categories": ["Prison", "Drama", "Adaptation"],
        "recommendations": "tt0468569 tt0109830 tt0068646 tt0137523 tt1375666 tt0120689 tt0110912 tt0114369 tt0108052 "
        "tt0050083 tt0071562 tt0167260",
    },
    "next_title_2023plus/tt0133093_The_Matrix_1999_20230526.html": MATRIX,
    "next_title_2021_22/tt0133093_The_Matrix_1999_20220321.html": MATRIX
    | {
        "recommendations": "tt1375666 tt0120737 tt0167260 tt0167261 tt0109830 tt0137523 tt0234215 tt0110912 tt0242653 "
        "tt0088763 tt0080684 tt0114369"
    },
    "next_title_2023plus/tt2402107_Existence_2012_20230526.html": EXISTENCE
    | {
        "rating": 4.1,
        "recommendations": "tt5389686 tt10288242 tt5699060 tt11041106 tt3208918 tt5076518 tt3804676 tt5660604 "
        "tt6649076 tt4854170 tt6134288 tt1039608",
    },
    "next_title_2021_22/tt2402107_Existence_2012_20221026.html": EXISTENCE,
    # The earlier page spells one name otherwise and was saved before "More like this" had loaded.
    "next_title_2021_22/tt2402107_Existence_2012_20220321.html": EXISTENCE
    | {"rating": 3.7, "writers": ["Juliet Bergh", "Jessica Charlton"], "recommendations": ""},
    "next_title_2021_22/tt0245429_Spirited_Away_2001_20221027.html": {
        "title": "Spirited Away",
        "rating": 8.6,
        "year": "2001",
        "release_date": "2003-03-28",
        "director": ["Hayao Miyazaki"],
        "genre": ["Animation", "Adventure", "Family", "Fantasy", "Mystery"],
        "plot": ("During her family's move", "are changed into beasts."),
        "writers": ["Hayao Miyazaki"],
        "stars": ["Daveigh Chase", "Suzanne Pleshette", "Miyu Irino"],
        "decade_category": "2000s",
        "genre_categories": ["Ghost", "Anime", "Animation", "Adventure", "Family", "Fantasy", "Mystery"],
        "recommendations": "tt0347149 tt0096283 tt0110357 tt0876563 tt0910970 tt0097814 tt0092067 tt2380307 tt1049413 "
        "tt0114709 tt1568921 tt0198781",
    },
    "next_title_2021_22/tt0468492_The_Host_2006_20221027.html": {
        "title": "The Host",
        "rating": 7.1,
        "year": "2006",
        "release_date": "2007-03-30",
        "director": ["Bong Joon Ho"],
        "genre": ["Drama", "Horror", "Sci-Fi"],
        "plot": ("A monster emerges from Seoul's", "rescue her from its clutches."),
        "writers": ["Bong Joon Ho", "Won-jun Ha", "Chul-hyun Baek"],
        "stars": ["Song Kang-ho", "Byun Hee-Bong", "Park Hae-il"],
        "decade_category": "2000s",
        "genre_categories": ["Revenge", "Cult", "Drama", "Horror", "Sci-Fi"],
        "recommendations": "tt1216496 tt0353969 tt3967856 tt1706620 tt5215952 tt5700672 tt1588170 tt0310775 tt0260991 "
        "tt0762073 tt0269743 tt0451094",
    },
    "next_title_2021_22/tt1226271_The_Damned_United_2009_20221027.html": {
        "title": "The Damned United",
        "rating": 7.5,
        "year": "2009",
        "release_date": "2009-03-27",
        "director": ["Tom Hooper"],
        "genre": ["Biography", "Drama", "Sport"],
        "plot": ("The story of the controversial", "football club Leeds United."),
        "writers": ["Peter Morgan", "David Peace"],
        "stars": ["Colm Meaney", "Henry Goodman", "David Roper"],
        "decade_category": "2000s",
        "genre_categories": ["Football", "Biography", "Drama", "Sport", "Adaptation"],
        "recommendations": "tt1777034 tt0380389 tt5098836 tt0282744 tt0385002 tt0480025 tt8914684 tt0870111 tt0385705 "
        "tt3311384 tt5142004 tt0388364",
    },
    "next_title_2021_22/tt1259574_Red_Riding_The_Year_of_Our_Lord_1974_TV_Movie_20221026.html": {
        "title": "Red Riding: The Year of Our Lord 1974",
        "rating": 6.9,
        "year": "2009",
        "release_date": "2009-03-05",
        "director": ["Julian Jarrold"],
        "genre": ["Crime", "Drama", "History"],
        "plot": ("Rookie journalist Eddie Dunford", "a series of child abductions."),
        "writers": ["Tony Grisoni", "David Peace"],
        "stars": ["Andrew Garfield", "David Morrissey", "John Henshaw"],
        "decade_category": "2000s",
        "genre_categories": ["Police", "Crime", "Drama", "History", "Adaptation"],
        "recommendations": "tt1260581 tt1259573 tt1078188 tt2891174 tt0237572 tt1453944 tt1087890 tt0839912 tt3591944 "
        "tt6846664 tt0144286 tt0109123",
    },
    # No plot but an invitation to add one; a release date without a day.
    "next_title_2021_22/tt1300562_Adieu_m_res_2007_20220317.html": {
        "title": "Adieu mères",
        "rating": 7.4,
        "year": "2007",
        "release_date": "2008-02",
        "director": ["Mohamed Ismail"],
        "genre": ["Drama"],
        "plot": None,
        "writers": ["Reine Danan", "Mohamed Ismail"],
        "stars": ["Marc Samuel", "Rachid El Ouali", "Souad Amidou"],
        "decade_category": "2000s",
        "genre_categories": ["Family Life", "Drama"],
        "recommendations": "tt3644024 tt2043822 tt7216256 tt1921179 tt1364478 tt3461726 tt3360148 tt11777738 tt2331169 "
        "tt0872161 tt2369047 tt6052982",
    },
    "next_title_2021_22/tt1190072_The_Hunter_2010_20221026.html": {
        "title": "The Hunter",
        "rating": 6.2,
        "year": "2010",
        "release_date": "2010-04-08",
        "director": ["Rafi Pitts"],
        "genre": ["Drama", "Thriller"],
        "plot": ("In an act of vengeance,", "are difficult to perceive."),
        "writers": ["Rafi Pitts"],
        "stars": ["Rafi Pitts", "Mitra Hajjar", "Javad Nazari"],
        "decade_category": "2010s",
        "genre_categories": ["Drama", "Thriller"],
        "recommendations": "tt0283431 tt0499166 tt2249039 tt1703148 tt0125099 tt10627874 tt1922675 tt4969748 tt7304908 "
        "tt3541142 tt1850419 tt13920920",
    },
    "next_title_2021_22/tt0910868_Nightmare_City_2035_2007_20221027.html": {
        "title": "Nightmare City 2035",
        "rating": 3.3,
        "year": "2007",
        "release_date": "2007-12-07",
        "director": ["Terence H. Winkless"],
        "genre": ["Action", "Sci-Fi"],
        "plot": ("The future. The corrupt regime", "and seek to foment revolution."),
        "writers": ["Raly Radouloff", "Terence H. Winkless"],
        "stars": ["Maxwell Caulfield", "Alexis Thorpe", "Todd Jensen"],
        "decade_category": "2000s",
        "genre_categories": ["Action", "Sci-Fi"],
        "recommendations": "tt0080931 tt4497238 tt0254832 tt0095719 tt15853444 tt0906327 tt3053228 tt0756683 tt0082533 "
        "tt0084021",
    },
    # The page shows three genres at the top, and has four.
    "next_title_2021_22/tt0266308_Battle_Royale_2000_20220731.html": {
        "title": "Battle Royale",
        "rating": 7.6,
        "year": "2000",
        "release_date": "2000-12-16",
        "director": ["Kinji Fukasaku"],
        "genre": ["Action", "Adventure", "Drama", "Thriller"],
        "plot": ("In the future, the Japanese", '"Battle Royale" act.'),
        "writers": ["Koushun Takami", "Kenta Fukasaku"],
        "stars": ["Tatsuya Fujiwara", "Aki Maeda", "Tarô Yamamoto"],
        "decade_category": "2000s",
        "genre_categories": ["Cult", "Survival", "Action", "Adventure", "Drama", "Thriller", "Adaptation"],
        "recommendations": "tt0338763 tt0235198 tt0296042 tt0468492 tt0178868 tt0312843 tt5700672 tt0451094 tt0364385 "
        "tt0310775 tt1590089 tt0363226",
    },
    # In development: a name and little else.
    "next_title_2021_22/tt3303790_Master_of_None_20221027.html": NOTHING_YET
    | {
        "title": "Master of None",
        "genre": ["Drama"],
        "genre_categories": ["Drama"],
        "recommendations": "tt4635276",
    },
    "next_title_2021_22/tt7462422_Quality_of_Life_TV_Movie_20220321.html": NOTHING_YET
    | {"title": "Quality of Life", "genre": [], "genre_categories": [], "recommendations": ""},
}
